"""The invented district: its units, who works in each kind of unit, and the posts held twice.

Plain tables, read by generate.py. Sizes add up to the shape of a real mountain district: 90 people in the
offices of the state, 55 in Party and mass bodies, 168 in 8 communes, 60 in public-service units and 832 in
32 schools. Every code begins with H43.99, a number that no real body carries.
"""

TOP = "H43.99"
ACTIVE_FROM = "1982-01-01"
STATE, PARTY = "chinh_quyen", "dang_doan_the"

# code, Vietnamese name, English name, kind, block, parent, slug
GROUPS = [
    (TOP, "Huyện Ninh Sơn (dữ liệu mẫu)", "Ninh Sơn District (sample data)", "ubnd_huyen", STATE, None,
     "ninhson"),
    ("H43.99.DD", "Khối Đảng, Mặt trận, đoàn thể", "Party, Front and mass bodies", "dang", PARTY, TOP,
     "khoidang"),
    ("H43.99.HU", "Huyện ủy", "District Party Committee", "dang", PARTY, "H43.99.DD", "huyenuy"),
    ("H43.99.CM", "Cơ quan chuyên môn", "State offices", "ubnd_huyen", STATE, TOP, "chuyenmon"),
    ("H43.99.XA", "UBND xã, thị trấn", "Communes and township", "ubnd_xa", STATE, TOP, "khoixa"),
    ("H43.99.SN", "Đơn vị sự nghiệp, trường học", "Public-service units and schools", "su_nghiep", STATE,
     TOP, "sunghiep"),
]

# head and foot of the papers that the district signs
LETTERHEAD = {
    "superior_body": "Ủy ban nhân dân tỉnh (dữ liệu mẫu)", "issuing_body": "Ủy ban nhân dân huyện Ninh Sơn (dữ liệu mẫu)",
    "place": "Ninh Sơn", "on_behalf": "TM. ỦY BAN NHÂN DÂN", "signatory_title": "CHỦ TỊCH",
    "recipients": ["Sở Nội vụ", "Thường trực Huyện ủy"]}

SCHOOL_GROUP = ("H43.99.TH", "Trường học", "Schools", "truong_hoc", STATE, "H43.99.SN", "truonghoc")

# number, Vietnamese name, English name, slug, size, title of the head, title of the deputies
OFFICES = [
    ("01", "Phòng Nội vụ", "Home Affairs Division", "noivu", 8, "Trưởng phòng", "Phó Trưởng phòng"),
    ("02", "Văn phòng HĐND và UBND", "Office of the People's Council and Committee", "vp", 12,
     "Chánh Văn phòng", "Phó Chánh Văn phòng"),
    ("03", "Phòng Tư pháp", "Justice Division", "tuphap", 4, "Trưởng phòng", "Phó Trưởng phòng"),
    ("04", "Phòng Tài chính - Kế hoạch", "Finance and Planning Division", "tckh", 8, "Trưởng phòng",
     "Phó Trưởng phòng"),
    ("05", "Phòng Tài nguyên và Môi trường", "Natural Resources and Environment Division", "tnmt", 8,
     "Trưởng phòng", "Phó Trưởng phòng"),
    ("06", "Phòng Lao động - Thương binh và Xã hội", "Labour, Invalids and Social Affairs Division",
     "ldtbxh", 7, "Trưởng phòng", "Phó Trưởng phòng"),
    ("07", "Phòng Văn hóa và Thông tin", "Culture and Information Division", "vhtt", 6, "Trưởng phòng",
     "Phó Trưởng phòng"),
    ("08", "Phòng Giáo dục và Đào tạo", "Education and Training Division", "gddt", 8, "Trưởng phòng",
     "Phó Trưởng phòng"),
    ("09", "Phòng Y tế", "Health Division", "yte", 4, "Trưởng phòng", "Phó Trưởng phòng"),
    ("10", "Thanh tra huyện", "District Inspectorate", "thanhtra", 4, "Chánh Thanh tra",
     "Phó Chánh Thanh tra"),
    ("11", "Phòng Kinh tế và Hạ tầng", "Economy and Infrastructure Division", "ktht", 6, "Trưởng phòng",
     "Phó Trưởng phòng"),
    ("12", "Phòng Nông nghiệp và Phát triển nông thôn", "Agriculture and Rural Development Division",
     "nnptnt", 6, "Trưởng phòng", "Phó Trưởng phòng"),
    ("13", "Phòng Dân tộc", "Ethnic Affairs Division", "dantoc", 4, "Trưởng phòng", "Phó Trưởng phòng"),
]

# number, Vietnamese name, English name, slug, size, Raglai share, K'Ho share
COMMUNES = [
    ("21", "UBND thị trấn Tân Sơn", "Tân Sơn Township", "tanson", 23, 0.02, 0.00),
    ("22", "UBND xã Lâm Sơn", "Lâm Sơn Commune", "lamson", 22, 0.08, 0.15),
    ("23", "UBND xã Lương Sơn", "Lương Sơn Commune", "luongson", 19, 0.04, 0.05),
    ("24", "UBND xã Quảng Sơn", "Quảng Sơn Commune", "quangson", 22, 0.04, 0.00),
    ("25", "UBND xã Mỹ Sơn", "Mỹ Sơn Commune", "myson", 21, 0.10, 0.00),
    ("26", "UBND xã Hòa Sơn", "Hòa Sơn Commune", "hoason", 20, 0.10, 0.03),
    ("27", "UBND xã Ma Nới", "Ma Nới Commune", "manoi", 20, 0.65, 0.03),
    ("28", "UBND xã Nhơn Sơn", "Nhơn Sơn Commune", "nhonson", 21, 0.03, 0.00),
]

SERVICES = [
    ("31", "Trung tâm Văn hóa, Thể thao và Truyền thanh", "Culture, Sports and Broadcasting Centre",
     "vhtttt", 18),
    ("32", "Ban Quản lý dự án đầu tư xây dựng", "Construction Project Management Board", "bqlda", 14),
    ("33", "Trung tâm Dịch vụ nông nghiệp", "Agricultural Service Centre", "dvnn", 16),
    ("34", "Ban Quản lý rừng phòng hộ", "Protection Forest Management Board", "bqlrph", 12),
]

# number, Vietnamese name, English name, kind, slug, size, title of the head, title of the deputies
PARTY_BODIES = [
    ("HU.01", "Thường trực Huyện ủy", "Standing Committee of the District Party Committee", "dang", "ttrhu",
     3, "Bí thư Huyện ủy", "Phó Bí thư Huyện ủy"),
    ("HU.02", "Văn phòng Huyện ủy", "Office of the District Party Committee", "dang", "vphu", 9,
     "Chánh Văn phòng", "Phó Chánh Văn phòng"),
    ("HU.03", "Ban Tổ chức Huyện ủy", "Party Organisation Board", "dang", "btc", 6, "Trưởng ban",
     "Phó Trưởng ban"),
    ("HU.04", "Ban Tuyên giáo Huyện ủy", "Party Information and Education Board", "dang", "btg", 5,
     "Trưởng ban", "Phó Trưởng ban"),
    ("HU.05", "Ban Dân vận Huyện ủy", "Party Mass Mobilisation Board", "dang", "bdv", 4, "Trưởng ban",
     "Phó Trưởng ban"),
    ("HU.06", "Ủy ban Kiểm tra Huyện ủy", "Party Inspection Committee", "dang", "ubkt", 6, "Chủ nhiệm",
     "Phó Chủ nhiệm"),
    ("HU.07", "Trung tâm Chính trị", "Political Training Centre", "dang", "ttct", 4, "Giám đốc",
     "Phó Giám đốc"),
    ("MT.01", "Ủy ban Mặt trận Tổ quốc Việt Nam huyện", "Fatherland Front Committee", "mat_tran", "mttq", 4,
     "Chủ tịch", "Phó Chủ tịch"),
    ("MT.02", "Hội Liên hiệp Phụ nữ huyện", "Women's Union", "doan_the", "hlhpn", 3, "Chủ tịch",
     "Phó Chủ tịch"),
    ("MT.03", "Hội Nông dân huyện", "Farmers' Union", "doan_the", "hnd", 3, "Chủ tịch", "Phó Chủ tịch"),
    ("MT.04", "Huyện đoàn", "Youth Union", "doan_the", "huyendoan", 3, "Bí thư", "Phó Bí thư"),
    ("MT.05", "Hội Cựu chiến binh huyện", "Veterans' Association", "doan_the", "hccb", 2, "Chủ tịch",
     "Phó Chủ tịch"),
    ("MT.06", "Liên đoàn Lao động huyện", "Labour Federation", "doan_the", "ldld", 3, "Chủ tịch",
     "Phó Chủ tịch"),
]

# level, name, slug, size, Raglai share
SCHOOLS = [
    ("mn", "Tân Sơn", "mntanson", 32, 0.02), ("mn", "Lâm Sơn", "mnlamson", 28, 0.06),
    ("mn", "Lương Sơn", "mnluongson", 22, 0.04), ("mn", "Quảng Sơn", "mnquangson", 30, 0.03),
    ("mn", "Mỹ Sơn", "mnmyson", 24, 0.08), ("mn", "Hòa Sơn", "mnhoason", 20, 0.08),
    ("mn", "Ma Nới", "mnmanoi", 22, 0.45), ("mn", "Nhơn Sơn", "mnnhonson", 28, 0.02),
    ("mn", "Hoa Hồng", "mnhoahong", 20, 0.02), ("mn", "Hướng Dương", "mnhuongduong", 18, 0.02),
    ("th", "Tân Sơn A", "thtansona", 34, 0.02), ("th", "Tân Sơn B", "thtansonb", 26, 0.02),
    ("th", "Lâm Sơn A", "thlamsona", 30, 0.06), ("th", "Lâm Sơn B", "thlamsonb", 22, 0.10),
    ("th", "Lương Sơn", "thluongson", 24, 0.04), ("th", "Quảng Sơn A", "thquangsona", 32, 0.03),
    ("th", "Quảng Sơn B", "thquangsonb", 24, 0.03), ("th", "Mỹ Sơn", "thmyson", 26, 0.08),
    ("th", "Hòa Sơn", "thhoason", 22, 0.08), ("th", "Ma Nới", "thmanoi", 26, 0.45),
    ("th", "Nhơn Sơn", "thnhonson", 30, 0.02), ("th", "Võ Thị Sáu", "thvothisau", 20, 0.03),
    ("th", "Kim Đồng", "thkimdong", 18, 0.03),
    ("thcs", "Trần Quốc Toản", "thcstqtoan", 36, 0.02), ("thcs", "Nguyễn Huệ", "thcsnghue", 30, 0.03),
    ("thcs", "Lê Lợi", "thcsleloi", 26, 0.05), ("thcs", "Trần Hưng Đạo", "thcsthdao", 34, 0.02),
    ("thcs", "Quang Trung", "thcsqtrung", 28, 0.05), ("thcs", "Nguyễn Du", "thcsngdu", 24, 0.04),
    ("thcs", "Phan Bội Châu", "thcspbchau", 24, 0.06), ("thcs", "Phan Chu Trinh", "thcspctrinh", 22, 0.10),
    ("thcs", "Dân tộc nội trú", "thcsdtnt", 30, 0.30),
]
SCHOOL_LEVELS = {
    "mn": ("Trường Mầm non", "Kindergarten", "41", 0.96),
    "th": ("Trường Tiểu học", "Primary School", "42", 0.74),
    "thcs": ("Trường THCS", "Lower Secondary School", "43", 0.58),
}

# What the roles of a post mean for the certificate list: heads first, then deputies, the books, the seals.
HEAD, DEPUTY, BOOKS, JUSTICE, CLERK = "head", "deputy", "books", "justice", "clerk"

TOP_POSTS = [("Chủ tịch UBND huyện", "can_bo", HEAD), ("Phó Chủ tịch UBND huyện", "can_bo", HEAD),
             ("Phó Chủ tịch UBND huyện", "can_bo", HEAD), ("Phó Chủ tịch HĐND huyện", "can_bo", HEAD),
             ("Trưởng Ban Pháp chế HĐND huyện", "can_bo", DEPUTY)]

COMMUNE_POSTS = [
    ("Bí thư Đảng ủy", "can_bo", HEAD), ("Phó Bí thư Đảng ủy", "can_bo", DEPUTY),
    ("Chủ tịch UBND", "can_bo", HEAD), ("Phó Chủ tịch UBND", "can_bo", DEPUTY),
    ("Phó Chủ tịch HĐND", "can_bo", DEPUTY), ("Chủ tịch UBMTTQ", "can_bo", None),
    ("Bí thư Đoàn Thanh niên", "can_bo", None), ("Chủ tịch Hội LHPN", "can_bo", None),
    ("Chủ tịch Hội Nông dân", "can_bo", None), ("Chủ tịch Hội Cựu chiến binh", "can_bo", None),
    ("Công chức Tư pháp - hộ tịch", "cong_chuc", JUSTICE), ("Công chức Tài chính - kế toán", "cong_chuc",
                                                            BOOKS),
    ("Công chức Văn phòng - thống kê", "cong_chuc", CLERK), ("Công chức Địa chính - xây dựng", "cong_chuc",
                                                             None),
    ("Công chức Văn hóa - xã hội", "cong_chuc", None), ("Chỉ huy trưởng Ban Chỉ huy quân sự", "cong_chuc",
                                                        None),
    ("Công chức Văn phòng - thống kê", "cong_chuc", None), ("Công chức Văn hóa - xã hội", "cong_chuc", None),
    ("Văn thư, lưu trữ", "nguoi_hoat_dong_khong_chuyen_trach", None),
    ("Phó Chủ tịch UBMTTQ", "nguoi_hoat_dong_khong_chuyen_trach", None),
    ("Phó Bí thư Đoàn Thanh niên", "nguoi_hoat_dong_khong_chuyen_trach", None),
    ("Phó Chủ tịch Hội LHPN", "nguoi_hoat_dong_khong_chuyen_trach", None),
    ("Phó Chủ tịch Hội Nông dân", "nguoi_hoat_dong_khong_chuyen_trach", None),
]

# Posts held beside the primary one: unit and title of the primary, unit and title of the other, kind.
SECOND_POSTS = [
    ("H43.99", "Chủ tịch UBND huyện", "H43.99.HU.01", "Phó Bí thư Huyện ủy", "kiem_nhiem"),
    ("H43.99.HU.03", "Trưởng ban", "H43.99.01", "Trưởng phòng Nội vụ", "kiem_nhiem"),
    ("H43.99.HU.04", "Trưởng ban", "H43.99.HU.07", "Giám đốc Trung tâm Chính trị", "kiem_nhiem"),
    ("H43.99.HU.05", "Trưởng ban", "H43.99.MT.01", "Chủ tịch UBMTTQ", "kiem_nhiem"),
    ("H43.99.HU.06", "Chủ nhiệm", "H43.99.10", "Chánh Thanh tra", "kiem_nhiem"),
    ("H43.99.02", "Phó Chánh Văn phòng", "H43.99.09", "Phụ trách Phòng Y tế", "kiem_nhiem"),
    ("H43.99.41.01", "Kế toán", "H43.99.41.09", "Kế toán", "kiem_nhiem"),
    ("H43.99.42.01", "Kế toán", "H43.99.42.12", "Kế toán", "kiem_nhiem"),
    ("H43.99.42.06", "Kế toán", "H43.99.42.13", "Kế toán", "kiem_nhiem"),
    ("H43.99.28", "Phó Bí thư Đảng ủy", "H43.99.MT.04", "Ủy viên Ban Chấp hành", "kiem_nhiem"),
    ("H43.99.43.01", "Giáo viên", "H43.99.08", "Chuyên viên", "biet_phai"),
    ("H43.99.12", "Chuyên viên", "H43.99.27", "Cán bộ tăng cường", "biet_phai"),
    ("H43.99.31", "Biên tập viên", "H43.99.HU.04", "Chuyên viên", "biet_phai"),
]


def _office_posts(size, head, deputy, specialist):
    posts = [(head, "cong_chuc", HEAD), (deputy, "cong_chuc", DEPUTY)]
    if size >= 8:
        posts.append((deputy, "cong_chuc", DEPUTY))
    if size >= 6:
        posts.append(("Kế toán", "cong_chuc", BOOKS))
    if size >= 8:
        posts.append(("Văn thư", "cong_chuc", CLERK))
    contract = {12: ["Lái xe", "Nhân viên phục vụ"], 8: ["Nhân viên hợp đồng"], 7: ["Nhân viên hợp đồng"]}
    tail = [(title, "nld_hop_dong", None) for title in contract.get(size, [])]
    return posts + [(specialist, "cong_chuc", None)] * (size - len(posts) - len(tail)) + tail


def _party_posts(size, head, deputy, number):
    elected = "can_bo" if number != "HU.07" else "vien_chuc"
    rank = "cong_chuc" if number != "HU.07" else "vien_chuc"
    posts = [(head, elected, HEAD), (deputy, elected, DEPUTY)]
    if number == "HU.01":
        posts.append((deputy, elected, DEPUTY))
    if number == "HU.02":
        posts += [("Kế toán", rank, BOOKS), ("Văn thư", rank, CLERK)]
    tail = [("Lái xe", "nld_hop_dong", None)] if number == "HU.02" else []
    specialist = "Giảng viên" if number == "HU.07" else "Chuyên viên"
    return posts + [(specialist, rank, None)] * (size - len(posts) - len(tail)) + tail


def _service_posts(size, slug):
    posts = [("Giám đốc", "vien_chuc", HEAD), ("Phó Giám đốc", "vien_chuc", DEPUTY),
             ("Kế toán", "vien_chuc", BOOKS)]
    title = {"vhtttt": "Biên tập viên", "bqlda": "Kỹ sư", "dvnn": "Kỹ thuật viên",
             "bqlrph": "Bảo vệ rừng"}[slug]
    tail = [("Nhân viên hợp đồng", "nld_hop_dong", None)] * (size // 6)
    return posts + [(title, "vien_chuc", None)] * (size - len(posts) - len(tail)) + tail


def _school_posts(size, level):
    posts = [("Hiệu trưởng", "vien_chuc", HEAD), ("Phó Hiệu trưởng", "vien_chuc", DEPUTY)]
    if size >= 28:
        posts.append(("Phó Hiệu trưởng", "vien_chuc", DEPUTY))
    posts += [("Kế toán", "vien_chuc", BOOKS), ("Văn thư", "vien_chuc", CLERK)]
    if level == "mn":
        tail = [("Cấp dưỡng", "nld_hop_dong", None)] * 2 + [("Bảo vệ", "nld_hop_dong", None)]
    else:
        posts += [("Tổng phụ trách Đội", "vien_chuc", None), ("Nhân viên thư viện", "vien_chuc", None)]
        tail = [("Bảo vệ", "nld_hop_dong", None)]
    return posts + [("Giáo viên", "vien_chuc", None)] * (size - len(posts) - len(tail)) + tail


def _unit(code, vi, en, kind, block, parent, slug, posts=(), women=0.45, raglai=0.01, kho=0.0):
    return {"code": code, "vi": vi, "en": en, "kind": kind, "block": block, "parent": parent, "slug": slug,
            "posts": list(posts), "women": women, "raglai": raglai, "kho": kho}


def _schools():
    seen = {}
    for level, name, slug, size, raglai in SCHOOLS:
        vi, en, branch, women = SCHOOL_LEVELS[level]
        seen[level] = seen.get(level, 0) + 1
        yield _unit(f"{TOP}.{branch}.{seen[level]:02d}", f"{vi} {name}", f"{name} {en}", "truong_hoc", STATE,
                    "H43.99.TH", slug, _school_posts(size, level), women, raglai)


def units():
    """All units, parents first, each with the posts that its own staff hold."""
    for row in GROUPS:
        yield _unit(*row, posts=TOP_POSTS if row[0] == TOP else ())
    for number, vi, en, kind, slug, size, head, deputy in PARTY_BODIES:
        parent = "H43.99.HU" if kind == "dang" else "H43.99.DD"
        yield _unit(f"{TOP}.{number}", vi, en, kind, PARTY, parent, slug,
                    _party_posts(size, head, deputy, number))
    for number, vi, en, slug, size, head, deputy in OFFICES:
        specialist = "Thanh tra viên" if slug == "thanhtra" else "Chuyên viên"
        yield _unit(f"{TOP}.{number}", vi, en, "phong", STATE, "H43.99.CM", slug,
                    _office_posts(size, head, deputy, specialist), raglai=0.25 if slug == "dantoc" else 0.01)
    for number, vi, en, slug, size, raglai, kho in COMMUNES:
        yield _unit(f"{TOP}.{number}", vi, en, "ubnd_xa", STATE, "H43.99.XA", slug, COMMUNE_POSTS[:size],
                    0.40,
                    raglai, kho)
    for number, vi, en, slug, size in SERVICES:
        yield _unit(f"{TOP}.{number}", vi, en, "su_nghiep", STATE, "H43.99.SN", slug,
                    _service_posts(size, slug), 0.35,
                    0.06)
    yield _unit(*SCHOOL_GROUP)
    yield from _schools()
