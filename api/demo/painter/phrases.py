"""Sentences of administrative papers. Written for the painter; `{…}` is filled by the paper that uses them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """What a paper is about: its summary (trích yếu) and sentences of its own."""

    subject: str
    points: tuple[str, ...]


TOPICS = (
    Topic("việc số hóa hồ sơ, kết quả giải quyết thủ tục hành chính", (
        "Số hóa hồ sơ ngay khi tiếp nhận tại Bộ phận Một cửa; bản số hóa phải đủ trang, rõ chữ, đúng chiều và được ký số.",
        "Không yêu cầu người dân nộp lại giấy tờ đã được số hóa và còn giá trị sử dụng.",
        "Kết quả giải quyết được lưu tại kho quản lý dữ liệu điện tử của tổ chức, cá nhân để tái sử dụng.",
    )),
    Topic("việc hỗ trợ kinh phí cho hộ gia đình bị thiệt hại do thiên tai", (
        "Hỗ trợ các hộ có nhà ở bị sập đổ, hư hỏng nặng theo mức quy định; việc chi trả phải công khai, đúng đối tượng.",
        "Kinh phí thực hiện được bảo đảm từ nguồn dự phòng ngân sách năm {year} và các nguồn hợp pháp khác.",
        "Niêm yết danh sách các hộ được hỗ trợ tại trụ sở và nhà văn hóa trong thời hạn 07 ngày làm việc.",
    )),
    Topic("việc kiện toàn Tổ công nghệ số cộng đồng", (
        "Tổ công nghệ số cộng đồng hướng dẫn người dân nộp hồ sơ trực tuyến và sử dụng tài khoản định danh điện tử.",
        "Các thành viên làm việc theo chế độ kiêm nhiệm, được hưởng phụ cấp theo quy định hiện hành.",
        "Tổ trưởng phân công nhiệm vụ cụ thể cho từng thành viên và báo cáo kết quả hằng quý.",
    )),
    Topic("việc thu hồi đất để thực hiện dự án nâng cấp đường liên thôn", (
        "Tổng diện tích đất thu hồi là {area} m², gồm đất ở, đất trồng lúa và đất trồng cây lâu năm.",
        "Phương án bồi thường, hỗ trợ, tái định cư phải được lấy ý kiến của người có đất thu hồi.",
        "Người có đất thu hồi có trách nhiệm phối hợp trong việc điều tra, khảo sát, đo đạc, kiểm đếm.",
    )),
    Topic("việc tổ chức kỳ thi tuyển sinh vào lớp 10 năm học {school}", (
        "Các trường rà soát cơ sở vật chất, bố trí phòng thi dự phòng và bảo đảm nguồn điện trong các buổi thi.",
        "Thí sinh có mặt tại điểm thi trước giờ làm bài 30 phút, mang theo thẻ căn cước và thẻ dự thi.",
        "Nghiêm cấm mang thiết bị thu phát thông tin vào phòng thi dưới mọi hình thức.",
    )),
    Topic("việc tăng cường phòng, chống dịch bệnh trong mùa mưa", (
        "Phun hóa chất khử khuẩn tại chợ, trường học, bến xe và các khu vực có nguy cơ cao.",
        "Trạm y tế trực 24/24 giờ, dự trữ đủ thuốc, vật tư và phương tiện cấp cứu.",
        "Tuyên truyền để người dân giữ vệ sinh môi trường, ăn chín, uống sôi và chủ động tiêm chủng.",
    )),
    Topic("việc bổ nhiệm công chức giữ chức vụ lãnh đạo, quản lý", (
        "Thời hạn giữ chức vụ là 05 năm kể từ ngày quyết định bổ nhiệm có hiệu lực thi hành.",
        "Người được bổ nhiệm hưởng phụ cấp chức vụ theo quy định và bàn giao công việc cũ trước ngày {soon}.",
        "Quy trình bổ nhiệm phải bảo đảm dân chủ, công khai, minh bạch, đúng thẩm quyền.",
    )),
    Topic("việc cấp giấy phép xây dựng nhà ở riêng lẻ", (
        "Công trình được xây dựng trên thửa đất số {plot}, tờ bản đồ số {map}, diện tích xây dựng {area} m².",
        "Chủ đầu tư phải thông báo ngày khởi công bằng văn bản trước khi khởi công xây dựng 03 ngày làm việc.",
        "Giấy phép có hiệu lực khởi công trong 12 tháng; quá thời hạn phải đề nghị gia hạn.",
    )),
    Topic("việc nghỉ lễ và phân công trực cơ quan", (
        "Thời gian nghỉ từ ngày {soon} đến hết ngày {later}; các đơn vị phân công lãnh đạo và nhân viên trực.",
        "Treo cờ Tổ quốc tại trụ sở cơ quan, đơn vị, trường học và hộ gia đình.",
        "Bộ phận trực giữ nghiêm kỷ luật, kịp thời xử lý và báo cáo các tình huống đột xuất.",
    )),
    Topic("việc rà soát, cập nhật dữ liệu hộ tịch điện tử", (
        "Đối chiếu sổ hộ tịch giấy với dữ liệu đã nhập, lập danh sách các trường hợp sai lệch để chỉnh sửa.",
        "Dữ liệu hộ tịch phải đúng, đủ, sạch, sống và thống nhất với cơ sở dữ liệu quốc gia về dân cư.",
        "Công chức tư pháp - hộ tịch chịu trách nhiệm về tính chính xác của dữ liệu được cập nhật.",
    )),
)  # fmt: skip

LAWS = (
    "Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025",
    "Luật Ban hành văn bản quy phạm pháp luật ngày 19 tháng 02 năm 2025",
    "Luật Đất đai ngày 18 tháng 01 năm 2024",
    "Luật Giao dịch điện tử ngày 22 tháng 6 năm 2023",
    "Luật Ngân sách nhà nước ngày 25 tháng 6 năm 2025",
    "Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác văn thư",
    (
        "Nghị định số 118/2025/NĐ-CP ngày 09 tháng 6 năm 2025 của Chính phủ về thực hiện thủ tục hành chính theo cơ chế "
        "một cửa, một cửa liên thông"
    ),
    (
        "Nghị định số 123/2015/NĐ-CP ngày 15 tháng 11 năm 2015 của Chính phủ quy định chi tiết một số điều và biện pháp thi "
        "hành Luật Hộ tịch"
    ),
)

GENERAL = (
    (
        "Giao Văn phòng chủ trì, phối hợp với các đơn vị liên quan hướng dẫn, đôn đốc, kiểm tra việc thực hiện; kịp thời tổng "
        "hợp khó khăn, vướng mắc để báo cáo, đề xuất biện pháp tháo gỡ."
    ),
    (
        "Các cơ quan, đơn vị căn cứ chức năng, nhiệm vụ được giao xây dựng kế hoạch triển khai cụ thể, bảo đảm thiết thực, hiệu "
        "quả, tiết kiệm, tránh phô trương, hình thức."
    ),
    "Thủ trưởng các đơn vị chịu trách nhiệm toàn diện về kết quả thực hiện nhiệm vụ được phân công tại cơ quan, đơn vị mình.",
    "Định kỳ trước ngày 20 hằng tháng, báo cáo kết quả thực hiện về {office} để theo dõi, chỉ đạo.",
    "Đẩy mạnh thông tin, tuyên truyền trên hệ thống truyền thanh cơ sở, trang thông tin điện tử và các nền tảng mạng xã hội.",
    "Trong quá trình thực hiện, nếu có khó khăn, vướng mắc, đề nghị các đơn vị phản ánh kịp thời để xem xét, giải quyết.",
    "Thực hiện nghiêm chế độ bảo mật thông tin, bảo vệ dữ liệu cá nhân của người dân theo quy định của pháp luật.",
    "Bố trí công chức, viên chức có đủ năng lực, phẩm chất, thái độ phục vụ tốt để hướng dẫn người dân, doanh nghiệp.",
    "Xử lý nghiêm các tổ chức, cá nhân gây phiền hà, sách nhiễu hoặc chậm trễ trong giải quyết công việc.",
    (
        "Kết quả thực hiện là một trong các tiêu chí đánh giá, xếp loại mức độ hoàn thành nhiệm vụ của tập thể, cá nhân trong "
        "năm {year}."
    ),
    "Phối hợp chặt chẽ với Ủy ban Mặt trận Tổ quốc Việt Nam và các tổ chức chính trị - xã hội trong vận động nhân dân.",
    "Ưu tiên giải quyết hồ sơ của người cao tuổi, người khuyết tật, phụ nữ mang thai và người có công với cách mạng.",
    "Rà soát, đơn giản hóa thành phần hồ sơ; cắt giảm ít nhất 30% thời gian giải quyết so với quy định.",
    "Kiểm tra việc chấp hành quy định về văn thư, lưu trữ; lập hồ sơ công việc và nộp lưu đúng thời hạn.",
)

RECIPIENTS = (
    "Như trên", "Thường trực Đảng ủy (để b/c)", "Thường trực HĐND (để b/c)", "Chủ tịch, các Phó Chủ tịch", "Các phòng chuyên môn",
    "Trung tâm Phục vụ hành chính công", "Cổng Thông tin điện tử", "Các thôn, tổ dân phố", "Ủy ban MTTQ Việt Nam",
)  # fmt: skip
