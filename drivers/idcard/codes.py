"""Code tables of resident documents and the check digit of the citizen number.

Sources: GB/T 2261.1 (sex), GB/T 3304 (ethnic groups), GB 11643-1999 with ISO 7064
MOD 11-2 (citizen number). Codes that vendors read differently (57 to 96, 99) have no
label here: an unknown code is kept and warned of, never refused.
"""

from drivers.idcard.port import Sex

SEX = {
    "0": Sex.UNKNOWN,
    "1": Sex.MALE,
    "2": Sex.FEMALE,
    "9": Sex.NOT_STATED,
}

_GROUPS = """
汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳
佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬
锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙
鄂伦春 赫哲 门巴 珞巴 基诺
"""

ETHNIC_GROUPS = {f"{code:02d}": name for code, name in enumerate(_GROUPS.split(), start=1)}
ETHNIC_GROUPS |= {"97": "其他", "98": "外国血统中国籍人士"}

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def citizen_check_digit(body: str) -> str:
    """The check digit of the first 17 digits of a citizen number (GB 11643, 3.4)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return _CHECK[total % 11]


def citizen_number_is_sound(number: str) -> bool:
    """Whether an 18-character citizen number carries the right check digit."""
    body, check = number[:17], number[17:]
    if len(number) != 18 or not (body.isascii() and body.isdigit()):
        return False
    return citizen_check_digit(body) == check.upper()
