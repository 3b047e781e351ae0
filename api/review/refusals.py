"""What the review by people refuses, and why a paper waits there."""

from __future__ import annotations

from api.errors import ApiError
from ingest.errors import NextStep


class HeldByOther(ApiError):
    """Somebody else has the paper open."""

    code = "api.review.held"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Giấy tờ này đang được {holder} xác nhận (giữ đến {until}). Hãy làm tờ khác, hoặc nhận thay và ghi lý do."
    en = "{holder} is confirming this paper (held until {until}). Take another one, or take this one over with a reason."


class SecondPersonNeeded(ApiError):
    """The paper was drawn for a second look, and whoever asks decided upon it before."""

    code = "api.review.second_person_needed"
    next_step = NextStep.GIVE_UP
    vi = "Bạn đã xác nhận tờ này ở vòng 1; vòng 2 phải do người khác kiểm tra."
    en = "You confirmed this paper in round 1; another person must check it in round 2."


class SecondLook(ApiError):
    """Why a paper waits: it was drawn for the second round."""

    code = "api.review.second_look"
    next_step = NextStep.RETRY
    vi = "Được rút mẫu kiểm tra vòng 2: người khác với người xác nhận vòng 1 xem lại mọi trường."
    en = "Drawn for round 2: somebody other than the first person looks at every field again."


class BatchUnderCheck(ApiError):
    """Why a paper waits: confirmed, but the drawn papers of its batch are not checked yet."""

    code = "api.review.batch_under_check"
    next_step = NextStep.RETRY
    vi = "Đã xác nhận xong; đang chờ kết quả kiểm tra mẫu của lô."
    en = "Confirmed; waiting until the drawn papers of the batch have been checked."


class BatchStopped(ApiError):
    """Why a paper waits: too many errors were found among the drawn papers of its batch."""

    code = "api.review.batch_stopped"
    next_step = NextStep.RETRY
    vi = "Lô bị dừng vì kiểm tra mẫu thấy sai {errors}/{checked} giá trị, quá mức {budget} %: xem lại mọi trường từ đầu."
    en = "The batch was stopped: {errors} of {checked} values were wrong, over {budget} %. Look at every field again."


class UnknownType(ApiError):
    """There is no such paper type."""

    code = "api.review.unknown_type"
    vi = "Không có loại giấy tờ «{paper_type}»."
    en = "There is no paper type “{paper_type}”."
