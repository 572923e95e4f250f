"""Invented names with the weights of the region: Kinh first, then Raglai, Chăm, K'Ho and Churu.

A name is (family, middle, given, explicit): explicit says that no rule can find the split, so HR states it.
"""

FAMILY = [("Nguyễn", 38.4), ("Trần", 11), ("Lê", 9.5), ("Phạm", 7.1), ("Huỳnh", 4.1), ("Hoàng", 1),
          ("Phan", 4.5), ("Võ", 3.2), ("Vũ", 0.7), ("Đặng", 2.1), ("Bùi", 2), ("Đỗ", 1.4), ("Hồ", 1.3),
          ("Ngô", 1.3), ("Dương", 1), ("Lý", 0.5), ("Trương", 1.5), ("Đinh", 0.9), ("Mai", 0.7),
          ("Đoàn", 0.6), ("Trịnh", 0.6), ("Lương", 0.5), ("Thái", 0.3), ("Lâm", 0.5), ("Hà", 0.4),
          ("Tạ", 0.3), ("Cao", 0.5), ("Ung", 0.1)]
CHAM_FAMILY = [("Đàng", 3), ("Bá", 2), ("Đổng", 1.5), ("Thiên", 1), ("Quảng", 1.5), ("Hán", 1), ("Kiều", 1),
               ("Lưu", 1), ("Trượng", 1), ("Não", 0.5), ("Từ", 0.5)]
CHAM_MIDDLE = {True: [("Thị", 8), ("Thị Kim", 1)],
               False: [("Văn", 3), ("Năng", 3), ("Trung", 2), ("Quốc", 2)]}
RAGLAI_FAMILY = [("Chamaléa", 3), ("Pi Năng", 3), ("Ka Tơr", 2), ("Patâu Axá", 1), ("Katơr", 1),
                 ("Tà In", 1)]
RAGLAI_MIDDLE = {True: [("Thị", 7), ("", 2), ("Thị Kim", 1)],
                 False: [("Văn", 4), ("", 4), ("Minh", 1), ("Hàn", 1)]}
CHURU_FAMILY = [("Touneh", 2), ("Tou Prong", 1)]
ROYAL = {True: "Tôn Nữ", False: "Tôn Thất"}

WOMEN = [("Hương", 6), ("Hoa", 4), ("Lan", 5), ("Thủy", 5), ("Hạnh", 4), ("Hiền", 4), ("Nga", 4), ("Thu", 3),
         ("Loan", 3), ("Hồng", 4), ("Nhung", 3), ("Hà", 4), ("Hằng", 3), ("Mai", 3), ("Phượng", 3),
         ("Phương", 5), ("Thảo", 4), ("Trang", 4), ("Linh", 3), ("Yến", 3), ("Oanh", 2), ("Dung", 4),
         ("Thúy", 3), ("Thùy", 1), ("Vân", 4), ("Tuyết", 3), ("Liên", 2), ("Ngọc", 3), ("Trinh", 2),
         ("Tâm", 3), ("Xuân", 2), ("Ánh", 2), ("Anh", 3), ("Ngân", 2), ("Vy", 1), ("Nhi", 1), ("Tiên", 1),
         ("Quyên", 2), ("Diễm", 1), ("My", 1), ("Uyên", 1), ("Giang", 1), ("Ý", 0.5), ("Tú", 0.5)]
MEN = [("Hùng", 6), ("Dũng", 6), ("Tuấn", 6), ("Sơn", 5), ("Hải", 4), ("Long", 4), ("Cường", 4),
       ("Thành", 5), ("Bình", 4), ("Minh", 4), ("Nam", 3), ("Đức", 3), ("Hưng", 2), ("Tân", 2), ("Phúc", 2),
       ("Hiếu", 2), ("Huy", 2), ("Quang", 3), ("Trung", 3), ("Thắng", 3), ("Vinh", 2), ("Tài", 2),
       ("Lâm", 2), ("Hòa", 2), ("An", 2), ("Đạt", 1.5), ("Duy", 1.5), ("Khánh", 1), ("Phong", 1.5),
       ("Tiến", 2), ("Toàn", 2), ("Việt", 1.5), ("Kiên", 1), ("Nghĩa", 1.5), ("Lợi", 1), ("Tú", 1),
       ("Tư", 0.5), ("Ước", 0.3), ("Thọ", 1), ("Phụ", 0.3)]
WOMEN_MIDDLE = [("Thị", 60), ("Thị Thu", 4), ("Thị Ngọc", 4), ("Thị Kim", 4), ("Thị Mỹ", 3), ("Thị Bích", 3),
                ("Thị Thanh", 4), ("Thị Hồng", 3), ("Ngọc", 4), ("Thanh", 3), ("Kim", 3), ("Mỹ", 2),
                ("Hoài", 1), ("Thụy Minh", 0.5)]
MEN_MIDDLE = [("Văn", 34), ("Hữu", 8), ("Đức", 7), ("Ngọc", 7), ("Quốc", 7), ("Minh", 6), ("Thanh", 6),
              ("Đình", 4), ("Xuân", 4), ("Công", 3), ("Trọng", 2), ("Hoàng", 3), ("Anh", 2), ("Tấn", 4),
              ("Duy", 2), ("", 2)]
KHO_WOMEN = ["Ka Hương", "Ka Hiền", "Ka Diệp", "Ka Lan", "Ka Thủy"]
KHO_MEN = ["K'Bảy", "K'Brèm", "K'Tuấn", "K'Minh", "K'Hải", "K'Năm", "K'Sáu", "K'Bình"]


def _kinh(dice, woman):
    middle = dice.weighted(WOMEN_MIDDLE if woman else MEN_MIDDLE)
    given = dice.weighted(WOMEN if woman else MEN)
    while given in middle.split():
        given = dice.weighted(WOMEN if woman else MEN)
    if dice.chance(0.004):
        return ROYAL[woman], "Thị" if woman else "", given, True
    return dice.weighted(FAMILY), middle, given, False


def _raglai(dice, woman):
    family = dice.weighted(CHURU_FAMILY) if dice.chance(0.08) else dice.weighted(RAGLAI_FAMILY)
    middle = dice.weighted(RAGLAI_MIDDLE[woman])
    given = dice.weighted(WOMEN if woman else MEN)
    while given == middle:
        given = dice.weighted(MEN)
    return family, middle, given, " " in family


def _kho(dice, woman):
    if woman:
        family, given = dice.pick(KHO_WOMEN).split()
        return family, "", given, False
    return "", "", dice.pick(KHO_MEN), False


def _cham(dice, woman):
    middle = dice.weighted(CHAM_MIDDLE[woman])
    given = dice.weighted(WOMEN if woman else MEN)
    while given == middle:
        given = dice.weighted(MEN)
    return dice.weighted(CHAM_FAMILY), middle, given, False


def draw(dice, woman, raglai, kho):
    """One name for a person of a unit with these shares of Raglai and K'Ho families."""
    roll = dice.roll()
    if roll < raglai:
        return _raglai(dice, woman)
    if roll < raglai + kho:
        return _kho(dice, woman)
    if roll < raglai + kho + 0.035:
        return _cham(dice, woman)
    return _kinh(dice, woman)
