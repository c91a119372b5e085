"""Cuts the chart font: Noto Sans CJK SC to ASCII, punctuation and GBK.

Needs fonttools (PyPI) and the file NotoSansCJK-Regular.ttc (Debian package fonts-noto-cjk):
    python3 reports/fonts/build.py /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc
"""
import sys
from pathlib import Path
from fontTools import subset
from fontTools.ttLib import TTCollection

letters = set(range(0x20, 0x7F)) | set(range(0xA0, 0x100)) | set(range(0x2010, 0x2040)) | {0x25A1, 0x25CF, 0x25B2, 0x25A0, 0x25C6}
for high in range(0x81, 0xFF):
    for low in range(0x40, 0xFF):
        try:
            letters.add(ord(bytes([high, low]).decode("gbk")))
        except (UnicodeDecodeError, TypeError):
            pass
fonts = TTCollection(sys.argv[1]).fonts
font = next(f for f in fonts if f["name"].getBestFullName().startswith("Noto Sans CJK SC"))
options = subset.Options()
options.layout_features = []
options.hinting = False
options.name_IDs = ["*"]
options.notdef_outline = True
cutter = subset.Subsetter(options)
cutter.populate(unicodes=letters)
cutter.subset(font)
font["head"].modified = font["head"].created  # the same bytes each time
font.recalcTimestamp = False
out = Path(__file__).with_name("NotoSansCJKsc-Regular-GBK.otf")
font.save(out)
print(out, out.stat().st_size)
