"""The Persian sentences mean what the English ones do: the right word of each pair of opposites, numbers, and order."""
import re

import pytest

from bplib import languages

PERSIAN = languages.TABLE["fa"]
ROWS = PERSIAN.sentences
PLACE = re.compile(r"\{(\w+)\}")

WORDS = {
    r"\bforward\b": "رو به جلو", r"\bbackward\b|going back": "رو به عقب", r"\bat least\b": "دست‌کم",
    r"\bat most\b": "حداکثر", r"\babove\b(?! and below)": "بزرگ‌تر از", r"\bbelow \{": "کوچک‌تر از", r"\binputs?\b": "ورودی",
    r"\boutputs?\b": "خروجی", r"\btargets?\b": "پاسخ", r"\bweights?\b(?!ed)": "وزن", r"\bbias(es)?\b": "بایاس",
    r"\bunits?\b": "نورون", r"\blayers?\b": "لایه", r"\bcosts?\b|(?<!source )\bC\b": "هزینه",
    r"\bweighted sum\b": "مجموع وزن‌دار",
    r"\breset\b": "از نو", r"^run$": "^اجرا$", r"\bstop(ped)?\b": "توقف|متوقف", r"\bupdate\b": "به‌روزرسانی",
    r"\bfinite\b": "متناهی", r"\bwhole number\b": "عددی صحیح", r"\bsquared error\b": "مربع خطا",
    r"\babsolute error\b": "قدر مطلق خطا", r"\bbinary\b": "دوتایی", r"\bcategorical\b": "چنددسته‌ای",
    r"\bnegative\b": "منفی", r"\bsmaller\b": "کوچک‌تری", r"\bfirst layer\b|to the first\b": "تا لایهٔ اول",
    r"from the last layer": "از لایهٔ آخر", r"left to right": "از چپ به راست", r"\bincreas|\brose\b": "بالا رفت",
    r"\bdiverge\b": "واگرا", r"\btiny\b": "ناچیز", r"\bovershoots: C": "بیش از حد بلند", r"\bslope\b": "شیب|مشتق",
    r"\bderivatives?\b": "مشتق", r"\bpaths?\b": "مسیر", r"\bchain rule\b": "قاعدهٔ زنجیری", r"\bvalues?\b": "مقدار",
    r"\blearning rate\b": "نرخ یادگیری", r"\bundefined\b": "تعریف‌نشده", r"\bnothing\b": "هیچ|چیزی",
    r"\bnot computed yet\b": "هنوز محاسبه نشده", r"\bwere computed first\b": "اول .* محاسبه شدند",
    r"\bis done\b": "تمام شد",
    r"\bslowly\b": "آهسته", r"\bchosen\b": "انتخاب", r"\bafter it\b": "پس از آن", r"\bafter \{": "پس از",
    r"\bin short\b": "کوتاه",
    r"\bwritten out\b": "کامل", r"\bletters of\b": "نمادهای", r"\bformulas\b": "فرمول‌ها",
    r"\bprobabilities\b": "احتمال",
    r"\badd up to 1\b": "جمعشان یک باشد", r"\bdown its own slope\b": "پایین شیب خودش",
    r"\bmoves nothing\b": "تغییر نمی‌دهد",
    r"\bhas moved\b": "تغییر کردند", r"\balmost 0\b": "تقریباً صفر", r"\bgiven:": "داده‌شده:",
    r"\btyped\b": "صفحه‌کلید",
    r"\bpicture\b": "تصویر", r"\barrows\b": "پیکان", r"\berror terms?\b": "δ|جملهٔ خطا", r"\bmet an error\b": "خطایی",
    r"\bcannot start\b": "شروع به کار نکرد", r"\bentropy\b": "آنتروپی", r"\blikelihood\b": "درست‌نمایی",
    r"\bat once\b": "با هم", r"\bat the start\b": "آغاز", r"\bback to\b": "بازگشت", r"\bnotebook\b": "دفترچه",
    r"\bexplorer\b": "کاوشگر", r"\bthis course\b": "این دوره", r"\bHuber\b": "هوبر", r"\bsteps?\b": "گام",
    r"\bsame in all\b": "همه", r"\bsource ([A-D])\b": r"منبع [A-D]", r"\bNielsen\b": "نیلسن", r"\bBishop\b": "بیشاپ",
    r"\bGoodfellow\b": "گودفلو", r"\bNg\b": "انگ", r"\bPrince\b": "پرینس",
}
"""English word → its Persian one: wherever the one stands, the other has to."""

ONLY_THERE = ["رو به جلو", "رو به عقب", "دست‌کم", "حداکثر", "بزرگ‌تر", "کوچک‌تر", "ورودی", "خروجی", "بایاس", "واگرا",
              "از نو", "اجرا", "متناهی", "صحیح", "مربع", "قدر مطلق", "دوتایی", "چنددسته‌ای", "منفی", "تعریف‌نشده"]
"""Persian words that stand nowhere but where the English one does."""

LABELS = {"cost C", "tangent, slope", "steps", "cost C =", "slope ∂C/∂w =", "next step −η ∂C/∂w ="}
"""Labels within pictures, which are formulas in Persian."""

UNTRANSLATED = {"Dive into Deep Learning", "CS231n, Deep Learning for Computer Vision", *LABELS}


@pytest.mark.parametrize("english", ROWS)
def test_each_word_has_its_counterpart(english):
    said = PLACE.sub("{}", english)
    for word, persian in WORDS.items():
        if english not in UNTRANSLATED and re.search(word, said, re.I) and not _is_title(english, word):
            assert re.search(persian, ROWS[english]), (word, persian)


def _is_title(english, word):
    """Names of books are left as they are but for their authors."""
    return "Learning" in english and not re.search("Nielsen|Bishop|Goodfellow|Ng|Prince", word)


@pytest.mark.parametrize("persian", ONLY_THERE)
def test_a_word_of_a_pair_stands_nowhere_else(persian):
    english = next(word for word, other in WORDS.items() if persian in other)
    extra = {"اجرا": r"\brun\b", "بزرگ‌تر": r"\babove\b|\blargest\b", "کوچک‌تر": r"\bbelow\b|\bsmaller\b"}.get(persian, english)
    for row, translation in ROWS.items():
        if persian in translation:
            assert re.search(f"{english}|{extra}", row, re.I), row


def digits(text):
    """Numbers in a text, those in places left out; Persian digits and the words for 0 and 1 as digits."""
    text = PLACE.sub("", text).translate(str.maketrans(PERSIAN.digits, "0123456789"))
    text = re.sub(r"\bصفر\b", "0", re.sub(r"\bیک\b(?= باشد|؛)", "1", text)).replace("٫", ".")
    return sorted(re.findall(r"\d+", re.sub(r"[A-Za-z]\w+", "", text)))


@pytest.mark.parametrize("english", ROWS)
def test_numbers_are_kept(english):
    assert digits(ROWS[english]) == digits(english)


@pytest.mark.parametrize("english", ROWS)
def test_places_stand_in_the_same_order(english):
    """But where Persian grammar turns them round, which is said here."""
    turned = {"{n} paths, with what they share in front"}
    ours, theirs = PLACE.findall(ROWS[english]), PLACE.findall(english)
    assert ours == theirs or english in turned


@pytest.mark.parametrize("english, persian", [
    ("weight from {before} to {unit}", "{before} به {unit}"), ("{sender} to {receiver}", "{sender} به {receiver}"),
    ("Step {n}: C went from {before} to {after}.", "از {before} به {after}"),
    ("The step overshoots: C rose from {before} to {after}.", "از {before} به {after}"),
    ("unit {n} of layer {layer}", "{n} از لایهٔ {layer}")])
def test_from_comes_before_to(english, persian):
    assert persian in ROWS[english]


def test_no_two_sentences_have_one_translation():
    """But for those that are the same but for a capital letter."""
    seen = {}
    for english, translation in ROWS.items():
        if english in LABELS:
            continue
        assert seen.setdefault(translation, english).lower() == english.lower(), (english, seen[translation])


# how a sentence is filled

@pytest.fixture
def spoken():
    languages.use("fa")
    yield languages.current()
    languages.use("en")


def test_places_are_filled(spoken):
    assert spoken.phrase("unit {n} of layer {layer}", n=12, layer=-3) == "نورون ۱۲ از لایهٔ -۳"
    assert spoken.phrase("Weights: {weights}.", weights="w = 2") == "وزن‌ها: \u2068w = 2\u2069."
    assert spoken.phrase("not in the table {n}", n=30) == "not in the table ۳۰"
    assert languages.ENGLISH.phrase("unit {n} of layer {layer}", n=12, layer="x") == "unit 12 of layer x"


def test_what_a_page_is_told(spoken):
    assert spoken.facts() == {"name": "fa", "direction": "rtl", "digits": "۰۱۲۳۴۵۶۷۸۹", "around": ["\u2068", "\u2069"],
                              "sentences": ROWS}
    assert spoken.attributes() == ' lang="fa" dir="rtl"' and languages.ENGLISH.attributes() == ""
    assert languages.ENGLISH.facts() == {"name": "en", "direction": "ltr", "digits": "0123456789", "around": ["", ""],
                                         "sentences": {}}


def test_the_language_in_use(spoken):
    assert spoken is PERSIAN and languages.current(["en"]) is languages.ENGLISH
    assert languages.current(["fa"]) is PERSIAN
    languages.use("en")
    assert languages.current() is languages.ENGLISH
