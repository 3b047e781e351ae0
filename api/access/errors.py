"""What signing in, accounts, units and tokens refuse."""

from __future__ import annotations

from api.errors import ApiError
from ingest.errors import NextStep


class WrongSignIn(ApiError):
    """Account and password, or the code of the second factor, do not match. Which of them was wrong is not told."""

    code = "api.access.wrong_sign_in"
    next_step = NextStep.RETRY
    vi = "Tên đăng nhập, mật khẩu hoặc mã xác thực không đúng."
    en = "Account, password or code is wrong."


class SignInPaused(ApiError):
    """Too many failures in a row under this name: it rests for `seconds`."""

    code = "api.access.paused"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Nhập sai nhiều lần nên tài khoản tạm khóa; thử lại sau {seconds} giây hoặc nhờ quản trị viên mở khóa."
    en = "Too many wrong entries: the account rests; try again in {seconds} seconds or ask the administrator to unlock it."


class TooManySignIns(ApiError):
    """Too many tries to sign in from one network address."""

    code = "api.access.too_many_sign_ins"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Quá nhiều lần đăng nhập từ máy hoặc mạng này; thử lại sau {seconds} giây."
    en = "Too many sign-ins from this network address; try again in {seconds} seconds."


class AccountDisabled(ApiError):
    """The password was right, but the account is disabled: by an administrator, or because nobody used it for long."""

    code = "api.access.account_disabled"
    next_step = NextStep.ADMIN
    vi = "Tài khoản đã bị vô hiệu hóa; hãy liên hệ quản trị viên."
    en = "The account is disabled; ask the administrator."


class OneTimeExpired(ApiError):
    """The one-time password was not used in time."""

    code = "api.access.one_time_expired"
    next_step = NextStep.ADMIN
    vi = "Mật khẩu dùng một lần đã hết hạn; hãy xin quản trị viên cấp lại."
    en = "The one-time password has expired; ask the administrator for a new one."


class NoAssignment(ApiError):
    """The account has no role in any unit at the moment."""

    code = "api.access.no_assignment"
    next_step = NextStep.ADMIN
    vi = "Tài khoản chưa được giao vai trò nào; hãy liên hệ quản trị viên."
    en = "The account has no role yet; ask the administrator."


class SignInUnfinished(ApiError):
    """Signed in half-way: a second factor, a new password or an enrolment is still due (`step` names it)."""

    code = "api.access.unfinished"
    next_step = NextStep.RETRY
    vi = "Đăng nhập chưa xong ({step}); hãy hoàn tất các bước còn lại."
    en = "Signing in is not finished ({step}); complete the remaining steps."


class PasswordTooShort(ApiError):
    """The new password has too few characters."""

    code = "api.access.password_too_short"
    next_step = NextStep.RETRY
    vi = "Mật khẩu phải có ít nhất {length} ký tự."
    en = "A password has at least {length} characters."


class PasswordTooLong(ApiError):
    """The new password is longer than anybody types."""

    code = "api.access.password_too_long"
    next_step = NextStep.RETRY
    vi = "Mật khẩu dài quá {length} ký tự."
    en = "The password is longer than {length} characters."


class PasswordTooPlain(ApiError):
    """The new password mixes too few kinds of characters."""

    code = "api.access.password_too_plain"
    next_step = NextStep.RETRY
    vi = "Mật khẩu phải có ít nhất {kinds} trong 4 loại: chữ thường, chữ hoa, chữ số, ký tự khác."
    en = "A password mixes at least {kinds} of 4 kinds: lower case, upper case, digits, other signs."


class PasswordNamesAccount(ApiError):
    """The new password contains the name of the account."""

    code = "api.access.password_names_account"
    next_step = NextStep.RETRY
    vi = "Mật khẩu không được chứa tên đăng nhập."
    en = "A password does not contain the account's name."


class PasswordReused(ApiError):
    """The new password was used before."""

    code = "api.access.password_reused"
    next_step = NextStep.RETRY
    vi = "Mật khẩu này đã dùng trong {history} lần gần nhất; hãy chọn mật khẩu khác."
    en = "This password is among the last {history}; choose another one."


class PasswordsDiffer(ApiError):
    """The new password was typed in two different ways."""

    code = "api.access.passwords_differ"
    next_step = NextStep.RETRY
    vi = "Hai lần nhập mật khẩu mới không giống nhau."
    en = "The two entries of the new password differ."


class BadLogin(ApiError):
    """The name of an account has a form we do not take."""

    code = "api.access.bad_login"
    next_step = NextStep.RETRY
    vi = "Tên đăng nhập gồm 3–50 chữ thường không dấu, chữ số, dấu chấm, gạch nối hoặc gạch dưới, bắt đầu bằng chữ."
    en = "An account's name has 3–50 lower-case ASCII letters, digits, dots, dashes or underscores and begins with a letter."


class LoginTaken(ApiError):
    """Another account has this name."""

    code = "api.access.login_taken"
    next_step = NextStep.RETRY
    vi = "Tên đăng nhập «{login}» đã có người dùng."
    en = "The account name “{login}” is taken."


class NotInReach(ApiError):
    """An administrator acts on a unit, or on an account, that is not within the own units."""

    code = "api.access.not_in_reach"
    next_step = NextStep.ADMIN
    vi = "Đơn vị hoặc tài khoản này không thuộc phạm vi quản trị của bạn."
    en = "This unit or account is outside the units you administer."


class PasswordElsewhere(ApiError):
    """Somebody who signs in at the OpenID provider has no password here, and gets none."""

    code = "api.access.password_elsewhere"
    next_step = NextStep.ADMIN
    vi = "Tài khoản này đăng nhập qua hệ thống đăng nhập chung; mật khẩu được đổi ở đó, không cấp ở đây."
    en = "This account signs in at the shared sign-in system; its password is changed there, none is given here."


class NotOneself(ApiError):
    """Administrators do not disable themselves, take away the own role, or reset the own password."""

    code = "api.access.not_oneself"
    next_step = NextStep.ADMIN
    vi = "Không làm việc này với chính tài khoản của mình; hãy nhờ quản trị viên khác."
    en = "Not with one's own account; ask another administrator."


class UnknownUnit(ApiError):
    """There is no unit with this code in force."""

    code = "api.access.unknown_unit"
    next_step = NextStep.RETRY
    vi = "Không có đơn vị «{unit}» đang hoạt động."
    en = "There is no unit “{unit}” in force."


class BadUnit(ApiError):
    """A unit, or a line of a file of units, cannot be taken: `why` says what is wrong."""

    code = "api.access.bad_unit"
    next_step = NextStep.RETRY
    vi = "Đơn vị «{unit}» không nhận được: {why}."
    en = "The unit “{unit}” cannot be taken: {why}."


class BadScope(ApiError):
    """A token cannot allow this action: there is none of that name, or the role does not allow it."""

    code = "api.access.bad_scope"
    next_step = NextStep.RETRY
    vi = "Không cấp được quyền «{scope}» cho mã truy cập này."
    en = "The token cannot be given the scope “{scope}”."


class BadLifetime(ApiError):
    """A token would live longer than allowed, or not at all."""

    code = "api.access.bad_lifetime"
    next_step = NextStep.RETRY
    vi = "Thời hạn của mã truy cập phải từ 1 đến {days} ngày."
    en = "A token lives from 1 to {days} days."


class SecondFactorMissing(ApiError):
    """There is no second factor to remove or confirm, or its set-up was not begun."""

    code = "api.access.second_factor_missing"
    next_step = NextStep.RETRY
    vi = "Chưa có bước xác thực thứ hai; hãy bắt đầu lại việc cài đặt."
    en = "There is no second factor; begin its set-up anew."


class SecondFactorNeeded(ApiError):
    """The role, or being from outside the agency, needs a second factor: it cannot be taken away."""

    code = "api.access.second_factor_needed"
    next_step = NextStep.ADMIN
    vi = "Vai trò của bạn bắt buộc có xác thực hai bước nên không tắt được."
    en = "Your role needs a second factor; it cannot be turned off."


class OwnAccountNeeded(ApiError):
    """Only somebody who signed in with an account of their own can do this; a link or token has no account."""

    code = "api.access.account_needed"
    next_step = NextStep.RETRY
    vi = "Việc này cần đăng nhập bằng tài khoản của bạn, không dùng mã truy cập hay đường dẫn."
    en = "This needs sign-in with an account of your own, not with a token or link."


class DutiesApart(ApiError):
    """Four eyes: whoever did `before` on this paper may not do `duty`, as configured."""

    code = "api.access.duties_apart"
    next_step = NextStep.GIVE_UP
    vi = "Người đã làm việc «{before}» trên giấy tờ này không được làm việc «{duty}»; cần người khác thực hiện."
    en = "Whoever did “{before}” on this paper may not do “{duty}”; another person must."


class ProviderAway(ApiError):
    """The OpenID provider does not answer, or what it answers makes no sense."""

    code = "api.access.provider_away"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Hệ thống đăng nhập chung không trả lời ({why}); thử lại sau hoặc báo quản trị viên."
    en = "The shared sign-in system does not answer ({why}); try again later or tell the administrator."


class ProviderRefused(ApiError):
    """The provider's answer cannot be believed or says no: wrong state, nonce, signature, issuer, audience, time."""

    code = "api.access.provider_refused"
    next_step = NextStep.RETRY
    vi = "Không đăng nhập được qua hệ thống đăng nhập chung ({why}); hãy bắt đầu lại từ trang đăng nhập."
    en = "Signing in through the shared sign-in system failed ({why}); begin again at the sign-in page."


class ProviderNotSet(ApiError):
    """No OpenID provider is configured."""

    code = "api.access.provider_not_set"
    next_step = NextStep.ADMIN
    vi = "Chưa cấu hình hệ thống đăng nhập chung."
    en = "No shared sign-in system is configured."
