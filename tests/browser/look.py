"""Opens every page that zicha writes in headless Chromium, and every workbook in LibreOffice: what people see, and what they can do there.

Usage: look.py ZICHA CHROMIUM PICTURES
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from openpyxl import Workbook, load_workbook
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "datasets" / "sample"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
# WCAG 2.1, 1.4.3: contrast of text.
CONTRAST = 4.5

CONTRAST_OF_TEXT = """() => {
  const channel = c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const behind = node => {
    for (; node; node = node.parentElement) {
      const colour = parse(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  let worst = [99, ''];
  for (const node of document.querySelectorAll('main *')) {
    const own = [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.offsetParent || node.closest('svg')) continue;
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < worst[0]) worst = [ratio, node.textContent.trim().slice(0, 30)];
  }
  return worst;
}"""


def ensure(fact, what):
    if not fact:
        raise SystemExit(f"不对：{what}")


def zicha(program, *arguments, codes=(0, 1)):
    ran = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    ensure(ran.returncode in codes, f"zicha {arguments[0]}：{ran.stderr}")


class Watched:
    """A page that remembers what it asked for and what it complained of."""

    def __init__(self, browser, path, size="desktop", **options):
        width, height = SIZES[size]
        self.path = path
        self.context = browser.new_context(viewport={"width": width, "height": height}, **options)
        self.page = self.context.new_page()
        self.complaints, self.requests = [], []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())

    def __enter__(self):
        return self.page

    def __exit__(self, kind, *_):
        if kind is None:
            ensure(not self.complaints, f"{self.path.name} 控制台有话：{self.complaints}")
            others = [url for url in self.requests if url != self.path.as_uri() and not url.startswith("data:")]
            ensure(not others, f"{self.path.name} 去要了别的东西：{others}")
        self.context.close()


def everywhere(browser, path, pictures):
    """What every page owes its reader, at both sizes."""
    for size in SIZES:
        with Watched(browser, path, size) as page:
            ensure(page.locator("h1").count() > 0, f"{path.name} 没有标题")
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            ensure(wide <= 0, f"{path.name} 在{size}上横向超出 {wide} 像素")
            # The first screens; a picture of ten thousand pixels helps nobody.
            shot = pictures / f"{path.parent.name}-{path.stem}-{size}.png"
            page.screenshot(path=shot)
            ensure(shot.stat().st_size > 8_000, f"{shot.name} 像是空白的")
    for scheme in ("light", "dark"):
        with Watched(browser, path, color_scheme=scheme) as page:
            ratio, text = page.evaluate(CONTRAST_OF_TEXT)
            ensure(ratio >= CONTRAST, f"{path.name} 在 {scheme} 下「{text}」对比度只有 {ratio:.2f}")
    with Watched(browser, path, java_script_enabled=False) as page:
        ensure(len(page.locator("main").inner_text()) > 100, f"{path.name} 没有脚本就读不了")


def report(browser, path, total, listed):
    """Filters, keyboard, print and reading without JavaScript on the report."""
    rows = "#list tbody tr"
    with Watched(browser, path) as page:
        ensure(page.locator(rows).count() == listed, f"列出 {page.locator(rows).count()} 条，应为 {listed}")
        ensure(f"{listed} 条" in page.locator("#f-count").inner_text(), "没有说显示了多少条")
        if listed < total:
            ensure(f"共 {total} 条" in page.locator("main").inner_text(), "截断时没有写明总数")
        visible = lambda: page.locator(f"{rows}:visible")
        school = page.locator("#f-school option").nth(1).inner_text()
        page.select_option("#f-school", label=school)
        some = visible().count()
        ensure(0 < some < listed, "按学校筛选没有作用")
        ensure(all(text.startswith(school) for text in visible().locator("td:nth-child(3)").all_inner_texts()[:50]) or school.startswith("（"), "筛出了别的学校")
        page.select_option("#f-severity", value="error")
        ensure(set(visible().locator("td:first-child").all_inner_texts()) <= {"错误"}, "按程度筛选不对")
        page.select_option("#f-school", value="")
        page.select_option("#f-severity", value="")
        page.fill("#f-text", "没有这样的字没有这样的字")
        ensure(visible().count() == 0 and "显示 0 条" in page.locator("#f-count").inner_text(), "查找没有作用")
        page.fill("#f-text", "")
        ensure(visible().count() == listed, "清空以后没有恢复")
    with Watched(browser, path) as page:
        reached = set()
        for _ in range(60):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
            outline = page.evaluate("document.activeElement === document.body || getComputedStyle(document.activeElement).outlineStyle !== 'none'")
            ensure(outline, "键盘走到的地方看不出来")
        wanted = {"A", "SUMMARY", "f-school", "f-indicator", "f-severity", "f-text"}
        ensure(wanted <= reached, f"键盘到不了 {wanted - reached}")
    with Watched(browser, path, java_script_enabled=False) as page:
        ensure(page.locator(f"{rows}:visible").count() == listed, "没有脚本时应当全部可见")
        ensure(page.locator("#filters:visible").count() == 0, "没有脚本时不应摆着不能用的筛选")
    with Watched(browser, path) as page:
        page.emulate_media(media="print")
        ensure(page.locator("#filters:visible").count() == 0 and page.locator("nav:visible").count() == 0, "打印时不要筛选和目录")


def pages_of(browser, path):
    with Watched(browser, path) as page:
        return len(PdfReader(to_pdf(page, path)).pages)


def to_pdf(page, path):
    out = Path(tempfile.mkdtemp()) / f"{path.stem}.pdf"
    page.pdf(path=out, prefer_css_page_size=True)
    return out


def workbooks(folders):
    """LibreOffice opens every workbook; forms and packages come out on A4 landscape."""
    opened = 0
    with tempfile.TemporaryDirectory() as home:
        places = {path.parent for folder in folders for path in folder.rglob("*.xlsx")}
        for number, place in enumerate(sorted(places)):
            books = sorted(place.glob("*.xlsx"))
            out = Path(home) / str(number)
            command = ["soffice", f"-env:UserInstallation=file://{home}/profile", "--headless", "--convert-to", "pdf", "--outdir", out, *books]
            subprocess.run(list(map(str, command)), capture_output=True, check=True)
            for book in books:
                made = out / f"{book.stem}.pdf"
                ensure(made.is_file(), f"LibreOffice 打不开 {book}")
                pdf = PdfReader(made)
                words = "".join(page.extract_text() for page in pdf.pages)
                ensure(len(words) > 20, f"{book.name} 转成 PDF 是空的")
                ensure("#REF" not in words and "#NAME" not in words, f"{book.name} 里有坏公式")
                if "统计表" in place.name or "学校包" in place.name:
                    box = pdf.pages[-1].mediabox
                    ensure(box.width > box.height and abs(box.width - 842) < 3, f"{book.name} 不是 A4 横排：{box}")
                opened += 1
    return opened


# GB 11643 as templates check it: sound, wrong check character, a disability certificate, text, and no number at all.
NUMBERS = {"610398201003050019": "TRUE", "61039820100305001X": "FALSE", "61039820100305001944": "TRUE", "6.10398E+17": "FALSE", "例小花": "FALSE", "无": "TRUE"}


def input_checks(template):
    """The formula that a template's ID column holds, worked out by a spreadsheet program."""
    sheet = load_workbook(template).worksheets[0]
    checks = [check for check in sheet.data_validations.dataValidation if check.type == "custom"]
    ensure(len(checks) == 1, "身份证号一列应当有检查")
    cell = str(checks[0].sqref).split(":")[0]
    book = Workbook()
    for row, number in enumerate(NUMBERS, 1):
        book.active.cell(row, 1, number).number_format = "@"
        book.active.cell(row, 2, "=" + checks[0].formula1.replace(cell, f"A{row}"))
    with tempfile.TemporaryDirectory() as home:
        book.save(f"{home}/checks.xlsx")
        subprocess.run(["soffice", f"-env:UserInstallation=file://{home}/profile", "--headless", "--convert-to", "csv", "--outdir", home, f"{home}/checks.xlsx"], capture_output=True, check=True)
        answers = [line.rsplit(",", 1)[1] for line in Path(home, "checks.csv").read_text(encoding="utf-8", errors="replace").split()]
    ensure(answers == list(NUMBERS.values()), f"身份证号的检查算出 {answers}")


def main():
    program, chromium, pictures = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        folder = Path(folder)
        zicha(program, "check", SAMPLE, "-o", folder / "查", "-q", "--packages")
        zicha(program, "check", SAMPLE, "-o", folder / "再查", "-q", "--set", "reference-date=2020-08-20")
        zicha(program, "compare", folder / "查", folder / "再查", "-o", folder / "比", "-q")
        zicha(program, "simulate", SAMPLE, "-o", folder / "模拟", "-q", "--audits", "500")
        zicha(program, "forms", SAMPLE, "-o", folder / "表", "-q")
        zicha(program, "template", "-o", folder / "空表")
        zicha(program, "generate", "-o", folder / "大", "--scale", "county", "--townships", "10", "--persons", "40000", "--error-model", "careless", "--seed", "3")
        zicha(program, "check", folder / "大", "-o", folder / "大查", "-q")
        zicha(program, "check", SAMPLE / "18会议记录.xlsx", "-o", folder / "空查", "-q")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        ordinary = ["查/自查报告.html", "查/领导简报.html", "比/整改进展.html", "模拟/模拟普查.html", "表/一口清/柳林小学.html", "表/资助告知书/柳林小学.html", "表/核查函/渭新大学.html"]
        for name in ordinary:
            everywhere(browser, folder / name, pictures)
        for name in ("自查报告.html", "领导简报.html"):
            with Watched(browser, folder / "空查" / name) as page:
                ensure(len(page.locator("main").inner_text()) > 60, f"什么也没有认出来时，{name} 也要说话")
        sample = findings(folder / "查")
        report(browser, folder / "查" / "自查报告.html", sample, sample)
        large = findings(folder / "大查")
        ensure(large >= 10_000, f"大的样例只有 {large} 条")
        report(browser, folder / "大查" / "自查报告.html", large, 2000)
        for result in ("查", "大查", "再查"):
            pages = pages_of(browser, folder / result / "领导简报.html")
            ensure(pages == 1, f"简报应当印在一页上，现在 {pages} 页（{result}）")
        notices = folder / "表" / "资助告知书" / "永宁镇中心小学.html"
        sheets = len(re.findall('<section class="page"', notices.read_text()))
        ensure(pages_of(browser, notices) == sheets, "告知书应当三份一页")
        browser.close()
        input_checks(folder / "空表" / "采集表.xlsx")
        opened = workbooks([folder / name for name in ("查", "比", "模拟", "表", "空表")])
    print(f"页面 {len(ordinary)} 种两种宽度、深浅两色，{large} 条的大报告，工作簿 {opened} 本：都好。")


def findings(folder):
    return (folder / "findings.csv").read_text(encoding="utf-8-sig").count("\n") - 1


if __name__ == "__main__":
    main()
