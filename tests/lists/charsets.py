"""Text as programs of the nineties wrote it."""
import unicodedata


# As TCVN 5712:1993 has them (glibc's TCVN5712-1), those above 0xA0 alone: what fonts like .VnTime draw.
RUNS = {0xA1: "ĂÂÊÔƠƯĐăâêôơưđ", 0xB5: "àảãáạ", 0xBB: "ằẳẵắ", 0xC6: "ặầẩẫấậè", 0xCE: "ẻẽéẹềểễếệìỉ", 0xDC: "ĩíịò", 0xE1: "ỏõóọồổỗốộờởỡớợù", 0xF1: "ủũúụừửữứựỳỷỹýỵ"}
TCVN3 = {c: first + n for first, run in RUNS.items() for n, c in enumerate(run)}


def tcvn3(text):
    # most capitals with marks are small letters of another font: the case of "Ánh" is lost
    return bytes(TCVN3.get(c, TCVN3.get(c.lower(), ord(c) if ord(c) < 128 else 63)) for c in text)


TONES = {"\u0301": 0xF9, "\u0300": 0xF8, "\u0309": 0xFB, "\u0303": 0xF5, "\u0323": 0xEF}
ROOF = {"\u0301": 0xE1, "\u0300": 0xE0, "\u0309": 0xE5, "\u0303": 0xE3, "\u0323": 0xE4, "": 0xE2}
BREVE = {"\u0301": 0xE9, "\u0300": 0xE8, "\u0309": 0xFA, "\u0303": 0xFC, "\u0323": 0xEB, "": 0xEA}
OWN = {"đ": 0xF1, "Đ": 0xD1, "í": 0xED, "ì": 0xEC, "ỉ": 0xE6, "ĩ": 0xF3, "ị": 0xF2, "ỵ": 0xEE, "ơ": 0xF4, "ư": 0xF6, "Ơ": 0xD4, "Ư": 0xD6}


def vni(text):
    out = bytearray()
    for c in text:
        base, *marks = unicodedata.normalize("NFD", c)
        tone = "".join(m for m in marks if m in TONES)
        shape = "".join(m for m in marks if m not in TONES)
        if c in OWN or not marks:
            out.append(OWN.get(c, ord(c)))
        elif shape == "\u0302":
            out += bytes([ord(base), ROOF[tone]])
        elif shape == "\u0306":
            out += bytes([ord(base), BREVE[tone]])
        elif shape == "\u031b":
            out += bytes([OWN[{"o": "ơ", "u": "ư", "O": "Ơ", "U": "Ư"}[base]]]) + bytes([TONES[t] for t in tone])
        else:
            out += bytes([ord(base), TONES[tone]])
    return bytes(out)


def windows_1258(text):
    out = bytearray()
    for c in text:
        try:
            out += c.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", c)
            tone = next(m for m in parts if m in TONES)
            out += unicodedata.normalize("NFC", parts.replace(tone, "")).encode("cp1258") + tone.encode("cp1258")
    return bytes(out)
