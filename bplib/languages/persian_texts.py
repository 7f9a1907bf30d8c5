"""Persian: texts that come finished, such as messages about an answer: English template → Persian, with the same {places}.

A formula between ‹ and › runs from left to right, whatever stands around it, and a short one stays in one line.
"""
import re

FORMULA, SHORT = re.compile("‹(.*?)›"), 16


def _isolated(formula):
    text = formula[1]
    return f"\u2066{text.replace(' ', chr(0xA0)) if len(text) <= SHORT else text}\u2069"


# what cannot be read

READING = {
    "At character {n}: {message}": "در نویسهٔ {n}: {message}",
    "A formula is a text in quotation marks; given: {given}.": "فرمول متنی در میان دو نشانهٔ نقل قول است؛ داده‌شده: {given}.",
    "The formula has {n} characters; up to {all} are read. No answer of this course needs more than 200.":
        "این فرمول {n} نویسه دارد؛ تا {all} نویسه خوانده می‌شود. هیچ پاسخی در این دوره بیش از ۲۰۰ نویسه لازم ندارد.",
    "The formula has more than {n} parts. Is there a shorter way to write it?":
        "این فرمول بیش از {n} جزء دارد. آیا می‌توان آن را کوتاه‌تر نوشت؟",
    "An index is missing after the underscore; write w_jk or w[j,k].":
        "پس از خط زیر اندیسی نیست؛ بنویسید ‹w_jk› یا ‹w[j,k]›.",
    "{shown} looks like {latin} but is another character; type {again} on the keyboard.":
        "{shown} مانند {latin} است ولی نویسهٔ دیگری است؛ {again} را با صفحه‌کلید بنویسید.",
    "{shown} is a {script} letter that this course does not use; type a Latin letter instead.":
        "{shown} حرفی {script} است که در این دوره به کار نمی‌رود؛ به جای آن حرفی لاتین بنویسید.",
    "Greek": "یونانی",
    "Cyrillic": "سیریلیک",
    "Armenian": "ارمنی",
    "{shown} has no meaning in a formula.": "{shown} در فرمول معنایی ندارد.",
    "The character {shown} ({code}) cannot be read.": "نویسهٔ {shown} ({code}) خوانا نیست.",
    "In a formula with indices a matrix product is a sum: sum_k p[j,k] q[k].":
        "در فرمولی که اندیس دارد، ضرب ماتریسی یک مجموع است: ‹sum_k p[j,k] q[k]›.",
    "Division is written with one slash.": "تقسیم با یک خط مورب نوشته می‌شود.",
    "A dot that stands alone has no meaning; for a product write * or nothing.":
        "نقطهٔ تنها معنایی ندارد؛ برای ضرب ‹*› بنویسید یا هیچ.",
    "A layer's number belongs to a name: a^(1)_j.": "شمارهٔ لایه به نام می‌چسبد: ‹a^(1)_j›.",
    "A prime marks the derivative of a function: g'(z).": "پریم نشانهٔ مشتق تابع است: ‹g'(z)›.",
    "Indices stand in square brackets, separated by a comma: w[j,k].":
        "اندیس‌ها در کروشه می‌آیند و با ویرگول از هم جدا می‌شوند: ‹w[j,k]›.",
    "Slices are for programs; a formula names one entry: w[j,k].":
        "برش آرایه برای برنامه‌هاست؛ فرمول از یک درایه نام می‌برد: ‹w[j,k]›.",
    "This bracket was never opened.": "این پرانتز باز نشده است.",
    "A transpose belongs to matrices; in a formula with indices swap the indices instead.":
        "ترانهاده برای ماتریس است؛ در فرمولی که اندیس دارد، به جای آن جای اندیس‌ها را عوض کنید.",
    "A subscript belongs to a name: w_jk.": "اندیس پایین به نام می‌چسبد: ‹w_jk›.",
    "{sign} is expected to close {what}; read: {read}.": "برای بستن {what} باید {sign} بیاید؛ خوانده‌شده: {read}.",
    "the bracket": "پرانتز",
    "the condition": "شرط",
    "the indices": "اندیس‌ها",
    "the end": "پایان",
    "A name, a number or a bracket is expected; read: {read}.": "این‌جا باید نام، عدد یا پرانتز بیاید؛ خوانده‌شده: {read}.",
    "The formula has more than {n} brackets, sums or functions inside one another.":
        "در این فرمول بیش از {n} پرانتز، مجموع یا تابع درون یکدیگرند.",
    "This can be read in two ways. Write (…/{low})*… or …/({again}*…).":
        "این را دو جور می‌توان خواند. بنویسید ‹(…/{low})*…› یا ‹…/({again}*…)›.",
    "A number has 20 characters at most.": "عدد حداکثر ۲۰ نویسه دارد.",
    "Square brackets hold a condition such as [z > 0]; read: {read}.":
        "در کروشه شرطی مانند ‹[z > 0]› می‌آید؛ خوانده‌شده: {read}.",
    "A mean is a sum, divided by how many there are: (1/N) sum_s p[s].":
        "میانگین مجموع است تقسیم بر تعداد: ‹(1/N) sum_s p[s]›.",
    "With indices a diagonal matrix is p[j] times [i = j], which is 1 where the indices are equal and 0 elsewhere.":
        "ماتریس قطری با اندیس ‹p[j]› ضرب در ‹[i = j]› است، که اگر اندیس‌ها برابر باشند ۱ و در غیر این صورت ۰ است.",
    "A case is written as a condition in square brackets, 1 where it holds and 0 elsewhere: p * [i = j].":
        "حالت‌بندی به صورت شرطی در کروشه نوشته می‌شود که اگر برقرار باشد ۱ و در غیر این صورت ۰ است: ‹p * [i = j]›.",
    "Cases are written as conditions in square brackets, 1 where they hold and 0 elsewhere: p * [z > 0].":
        "حالت‌ها به صورت شرط‌هایی در کروشه نوشته می‌شوند که اگر برقرار باشند ۱ و در غیر این صورت ۰ هستند: ‹p * [z > 0]›.",
    "Write the formula itself, without names of a program: exp(p), not np.exp(p).":
        "خودِ فرمول را بنویسید، بدون نام‌های برنامه: ‹exp(p)› و نه ‹np.exp(p)›.",
    "There is no formula yet.": "هنوز فرمولی نیست.",
    "Type the right-hand side alone, without the name of what is asked for and without '='.":
        "فقط طرف راست را بنویسید، بدون نام آنچه پرسیده شده است و بدون ‹=›.",
    "Give the value of the derivative, not its name.": "مقدار مشتق را بنویسید، نه نام آن را.",
    "An exponent is a number, unless the base is e.": "نما عدد است، مگر آنکه پایه ‹e› باشد.",
    "A power can be {n} at most.": "توان حداکثر {n} است.",
    r"\frac is followed by what stands above and below the line, each in braces.":
        r"پس از ‹\frac› آنچه بالای خط کسر و آنچه پایین آن است می‌آید، هر یک در آکولاد.",
    "{name} is not a name of this exercise. {more}": "{name} از نام‌های این تمرین نیست. {more}",
    "Did you mean {name}? {more}": "آیا منظورتان {name} بود؟ {more}",
    "{message} Did you mean {name}?": "{message} آیا منظورتان {name} بود؟",
    "Known here: {names}.": "نام‌های شناخته‌شده: {names}.",
    "Type a number; no name stands for one here.": "عددی بنویسید؛ این‌جا هیچ نامی به جای عدد نمی‌آید.",
    "A prime marks the derivative of a function such as g; {name} is a quantity.":
        "پریم نشانهٔ مشتق تابعی مانند ‹g› است؛ {name} کمیت است.",
    "{name} means: {meaning}. It has {number}, as in {example}; given: {given}.":
        "{name} یعنی {meaning}. این نام {number} دارد، مانند {example}؛ داده‌شده: {given}.",
    "{name} means: {meaning}. It has no index, as in {example}; given: {given}.":
        "{name} یعنی {meaning}. این نام اندیس ندارد، مانند {example}؛ داده‌شده: {given}.",
    "one index": "یک اندیس",
    "two indices": "دو اندیس",
    "none": "هیچ",
    "Units are counted from 1.": "شمارهٔ نورون‌ها از ۱ شروع می‌شود.",
    "An index is one letter or a number counted from 1, as in w[j,k]; read: {read}.":
        "اندیس یک حرف است یا عددی از ۱ به بالا، مانند ‹w[j,k]›؛ خوانده‌شده: {read}.",
    "More than {n} different indices are too many.": "بیش از {n} اندیس مختلف زیاد است.",
    "{name} of what? Write {again}(z), with what it is applied to in brackets.":
        "{name} چه چیزی؟ بنویسید ‹{again}(z)›، و آنچه تابع بر آن اثر می‌کند در پرانتز.",
    "There is no {name} here: one prime, on an activation.": "این‌جا {name} نداریم: فقط یک پریم، روی تابع فعال‌سازی.",
    "There is no error term here that could be used. The Kronecker delta has two indices: [i = j].":
        "این‌جا جملهٔ خطایی نیست که بتوان به کار برد. دلتای کرونکر دو اندیس دارد: ‹[i = j]›.",
    "The sum runs over {letter}, but nothing that is summed has the index {again}.":
        "مجموع روی {letter} گرفته شده است، ولی هیچ جمله‌ای در آن اندیس {again} ندارد.",
    "Over which index is the sum? Write its letter below the sign: sum_k p[k]*q[k].":
        "مجموع روی کدام اندیس است؟ حرف آن را پایین علامت بنویسید: ‹sum_k p[k]*q[k]›.",
    "A sum runs over letters, each once: sum_k or sum_jk.": "مجموع روی حرف‌هاست، هر حرف یک بار: ‹sum_k› یا ‹sum_jk›.",
    "The upper end of the sum is not closed.": "کران بالای مجموع بسته نشده است.",
    "A number is expected, without indices.": "پاسخ باید عددی بدون اندیس باشد.",
    "A finite number is expected; given: {given}.": "عددی متناهی لازم است؛ داده‌شده: {given}.",
    "Choose a letter from A to {last}.": "حرفی از ‹A› تا {last} انتخاب کنید.",
    "a text": "متن",
    "a number": "عدد",
    "a function": "تابع",
    "Change it and try again.": "آن را تغییر دهید و دوباره امتحان کنید.",
    "A derivation is a text, a line for each step; given: {given}.": "راه حل متنی است با یک سطر برای هر گام؛ داده‌شده: {given}.",
    "A function is expected: hand over {name} itself, without brackets and arguments. Given: {given}.":
        "پاسخ باید تابع باشد: خودِ {name} را بدهید، بدون پرانتز و ورودی. داده‌شده: {given}.",
}

# what is found about an answer

FOUND = {
    "{mark} **{outcome}** (exercise {id})": "{mark} **{outcome}** (تمرین {id})",
    "{mark} **{outcome}**": "{mark} **{outcome}**",
    "Exercise {id}: {outcome}. {feedback}": "تمرین {id}: {outcome}. {feedback}",
    "Exercise {id}: {outcome}.": "تمرین {id}: {outcome}.",
    "not checked yet": "هنوز بررسی نشده است",
    "Took too long": "بیش از حد طول کشید",
    "The function stopped": "تابع از کار ایستاد",
    "That is right.": "درست است.",
    "There is no answer yet. A hint gives a first push.": "هنوز پاسخی نیست. راهنمایی‌ها برای شروع کمک می‌کنند.",
    "Not equal, and no mistake that is known leads here.": "برابر نیست، و هیچ اشتباه شناخته‌شده‌ای به این‌جا نمی‌رسد.",
    "That is not the number, and no mistake that is known gives it.":
        "این آن عدد نیست، و هیچ اشتباه شناخته‌شده‌ای آن را نمی‌دهد.",
    "Give three digits. One is too few to tell this number from others.":
        "سه رقم بنویسید. با یک رقم نمی‌توان این عدد را از عددهای دیگر تشخیص داد.",
    "That is right, as far as it goes. Give three digits.": "تا این‌جا درست است. سه رقم بنویسید.",
    "That is close. Give three digits, rounded.": "نزدیک است. سه رقم بنویسید، گردشده.",
    "Option {letter} is not the one. Look again in the notebook {notebook}.":
        "گزینهٔ {letter} پاسخ نیست. دوباره به دفترچهٔ {notebook} نگاه کنید.",
    "Several mistakes look the same here:": "این‌جا چند اشتباه یک شکل دارند:",
    "or": "یا",
    "Two mistakes at once.": "دو اشتباه با هم.",
    "**{name}.** {sentence} See the notebook {notebook}.": "**{name}.** {sentence} دفترچهٔ {notebook} را ببینید.",
    "{name}: {sentence} See the notebook {notebook}.": "{name}: {sentence} دفترچهٔ {notebook} را ببینید.",
    "02-one-neuron": "‹02-one-neuron-fa›",
    "06-delta": "‹06-delta-fa›",
    "{difference} There {numbers}.": "{difference} در آن‌جا {numbers}.",
    "At a test point, for {place}, yours gives {yours} where {right} is right, {ratio} times as much.":
        "در یک نقطهٔ آزمون، برای {place}، پاسخ شما {yours} می‌دهد و درست {right} است: {ratio} برابر.",
    "At a test point, for {place}, yours gives {yours} where {right} is right.":
        "در یک نقطهٔ آزمون، برای {place}، پاسخ شما {yours} می‌دهد و درست {right} است.",
    "At a test point yours gives {yours} where {right} is right, {ratio} times as much.":
        "در یک نقطهٔ آزمون پاسخ شما {yours} می‌دهد و درست {right} است: {ratio} برابر.",
    "At a test point yours gives {yours} where {right} is right.":
        "در یک نقطهٔ آزمون پاسخ شما {yours} می‌دهد و درست {right} است.",
    "At a test point with {values} the expression before is {before} and this one {now}.":
        "در نقطهٔ آزمونی با {values} عبارت پیشین {before} است و این یکی {now}.",
    "At a test point with {values} the left side is {before} and this one {now}.":
        "در نقطهٔ آزمونی با {values} طرف چپ {before} است و این یکی {now}.",
    "sample = {n}": "نمونهٔ {n}",
    "sample = {n}, {more}": "نمونهٔ {n}، {more}",
    "Its shape is right.": "شکل آن درست است.",
    "It is zero where it should be.": "جایی که باید صفر باشد صفر است.",
    "It is right up to a constant factor.": "با چشم‌پوشی از ضریبی ثابت درست است.",
    "Its sign is right everywhere.": "علامت آن همه‌جا درست است.",
    "{names} enters it in the right way.": "{names} درست در آن آمده است.",
    "{names} enter it in the right way.": "{names} درست در آن آمده‌اند.",
    "The index {at} is neither summed nor asked for.": "روی اندیس {at} نه جمع زده شده و نه اندیس پرسش است.",
    "The index {at} is neither summed nor asked for. It counts the samples.":
        "روی اندیس {at} نه جمع زده شده و نه اندیس پرسش است. این اندیس نمونه‌ها را می‌شمارد.",
    "It names single units, but the layers may have any number of units.":
        "از نورون‌های تک‌تک نام می‌برد، ولی تعداد نورون‌های هر لایه دلخواه است.",
    "A number above a name is read as a power; the layer of a weight is written w^(2)_jk, or W2[j,k].":
        "عدد بالای نام به معنی توان است؛ لایهٔ وزن را چنین می‌نویسند: ‹w^(2)_jk› یا ‹W2[j,k]›.",
    "This cannot be decided. {why} Write it in another form.": "نمی‌توان تصمیم گرفت. {why} آن را به شکلی دیگر بنویسید.",
    "It agrees to six digits, but not exactly; is a number in it rounded?":
        "تا شش رقم یکی است، ولی دقیقاً یکی نیست؛ آیا عددی در آن گرد شده است؟",
    "At a test point it has no finite value: does it divide by zero or take the logarithm of a negative number?":
        "در یک نقطهٔ آزمون مقدار متناهی ندارد: آیا بر صفر تقسیم می‌کند یا از عددی منفی لگاریتم می‌گیرد؟",
    "In your formula {misfit}.": "در فرمول شما {misfit}.",
    "{name} has {units} in that place, so there is no number {n}":
        "{name} در آن جایگاه {units} دارد، پس شمارهٔ {n} نداریم",
    "{name} has {units} in that place, so there is no number {n}; the unit that {does} stands first, {entry}":
        "{name} در آن جایگاه {units} دارد، پس شمارهٔ {n} نداریم؛ اول نورونی می‌آید که {does}، یعنی {entry}",
    "receives": "گیرنده است",
    "sends": "فرستنده است",
    "one unit": "یک نورون",
    "{n} units": "{n} نورون",
    "in {name} the index {at} stands for two kinds of units at once": "در {name} اندیس {at} هم‌زمان برای دو نوع نورون آمده است",
    "the index {at} counts two different things: it runs to {n} in one place and to {all} in another":
        "اندیس {at} دو چیز مختلف را می‌شمارد: در یک جا تا {n} می‌رود و در جایی دیگر تا {all}",
    "a sum runs over the samples, but there are none here": "مجموعی روی نمونه‌ها گرفته شده است، ولی این‌جا نمونه‌ای نیست",
    "the index {at} stands in a condition only, so nothing says how far it runs":
        "اندیس {at} فقط در یک شرط آمده است، پس معلوم نیست تا کجا می‌رود",

    # functions
    "The function was stopped after {n} seconds. That says nothing about whether it is right: is there a loop that does not "
    "end, or one that an array operation could replace?":
        "تابع پس از {n} ثانیه متوقف شد. این دربارهٔ درستی آن چیزی نمی‌گوید: آیا حلقه‌ای هست که پایان نمی‌یابد، یا حلقه‌ای که عملی "
        "روی آرایه‌ها می‌تواند جای آن را بگیرد؟",
    "With layers of different widths the function stops: {error}": "وقتی پهنای لایه‌ها متفاوت است تابع از کار می‌ایستد: {error}",
    "in the line {line}": "در سطر {line}",
    "{name} has shape {shape}; expected is {expected}.": "شکل {name} برابر {shape} است؛ شکل لازم {expected} است.",
    "Changed by the call: {names}.": "با فراخوانی تغییر کرد: {names}.",
    "TypeError: {message}": "‹TypeError›: {message}",
    "the function returns nothing; is its `return` missing?": "تابع چیزی برنمی‌گرداند؛ آیا `return` از قلم افتاده است؟",
    "the dict that was returned lacks {names}": "واژه‌نامه‌ای که برگردانده شد {names} را ندارد",
    "{n} arrays are expected, in this order: {names}; returned: {all}":
        "{n} آرایه لازم است، به این ترتیب: {names}؛ برگردانده‌شده: {all}",
    "{name} is an array of numbers; returned: {type} of {kind}": "{name} آرایه‌ای از عددهاست؛ برگردانده‌شده: {type} از {kind}",
    "{name} has {n} entries, far more than any answer here": "{name} {n} درایه دارد، بسیار بیشتر از هر پاسخی در این‌جا",
}

# mistakes

MISTAKES = {
    "the 2 of the square is lost": "ضریب ۲ مربع گم شده است",
    "The derivative of a square brings a factor down in front.": "مشتق مربع ضریبی را به جلو می‌آورد.",
    "a 2 that the ½ has cancelled": "ضریب ۲ که با ½ ساده شده بود",
    "This cost has ½ in front of its square. What does that do to the factor that the square brings down?":
        "این هزینه پیش از مربع ضریب ½ دارد. این با ضریبی که مربع به جلو می‌آورد چه می‌کند؟",
    "the square of the cost is lost": "مربع هزینه گم شده است",
    "Without the square, errors of opposite sign cancel and the cost has no smallest value.":
        "بدون مربع، خطاهایی با علامت‌های مخالف یکدیگر را خنثی می‌کنند و هزینه کمترین مقدار ندارد.",
    "the slope of the output is lost": "شیب خروجی گم شده است",
    "The cost reaches z through the activation of the output unit, and that step has a factor of its own.":
        "مسیر هزینه تا ‹z› از تابع فعال‌سازی نورون خروجی می‌گذرد و این گام عامل خودش را دارد.",
    "one slope too many": "یک شیب زیادی",
    "This cost and this activation fit each other: what the loss divides by, the slope multiplies by.":
        "این هزینه و این تابع فعال‌سازی با هم جور می‌آیند: زیان بر همان چیزی تقسیم می‌کند که شیب در آن ضرب می‌کند.",
    "the slope is taken at a instead of z": "شیب به جای ‹z› در ‹a› گرفته شده است",
    "The slope of an activation belongs to its input z. If a has overwritten z, or a already is the value of the activation, "
    "applying the activation again leads to another place.":
        "شیب تابع فعال‌سازی به ورودی آن، ‹z›، تعلق دارد. اگر ‹a› جای ‹z› را گرفته باشد، یا ‹a› خود مقدار تابع فعال‌سازی باشد، "
        "اثر دادن دوبارهٔ تابع به جای دیگری می‌رسد.",
    "the slope by value is written with z": "شیب با مقدار، با ‹z› نوشته شده است",
    "The short form of the slope is written with the output of the unit, not with its weighted sum.":
        "شکل کوتاه شیب با خروجی نورون نوشته می‌شود، نه با مجموع وزن‌دار آن.",
    "the slope of another activation": "شیب یک تابع فعال‌سازی دیگر",
    "Each activation has a slope of its own. Which one has this unit, and what is its slope?":
        "هر تابع فعال‌سازی شیب خودش را دارد. تابع این نورون کدام است و شیب آن چیست؟",
    "the value of the activation in place of its slope": "مقدار تابع فعال‌سازی به جای شیب آن",
    "A change of z changes a by the slope g′(z), not by the value g(z).":
        "تغییر ‹z› مقدار ‹a› را به نسبت شیب ‹g′(z)› تغییر می‌دهد، نه به نسبت مقدار ‹g(z)›.",
    "softmax treated unit by unit": "با سافت‌مکس نورون به نورون رفتار شده است",
    "Softmax looks at the whole layer: raising one z lowers all other outputs, so there are terms off the diagonal.":
        "سافت‌مکس به کل لایه نگاه می‌کند: افزایش یک ‹z› همهٔ خروجی‌های دیگر را پایین می‌آورد، پس بیرون از قطر هم جمله هست.",
    "the slope of the hidden layer is lost": "شیب لایهٔ پنهان گم شده است",
    "Going back through a hidden unit passes its activation too, and that step has a factor of its own.":
        "راه رو به عقب در نورون پنهان از تابع فعال‌سازی آن هم می‌گذرد و این گام عامل خودش را دارد.",
    "the weights are not turned round going back": "وزن‌ها در راه رو به عقب وارونه نشده‌اند",
    "Forward, the sum runs over the units that send; backward over those that receive. Check which of the two indices of w is "
    "summed (in matrices: which side is transposed).":
        "رو به جلو مجموع روی نورون‌های فرستنده است و رو به عقب روی نورون‌های گیرنده. ببینید روی کدام‌یک از دو اندیس ‹w› جمع زده‌اید "
        "(در ماتریس‌ها: کدام طرف ترانهاده می‌شود).",
    "the outer product is the wrong way round": "ضرب خارجی وارونه است",
    "A gradient has the shape of its weights: first the unit that receives, then the one that sends.":
        "شکل گرادیان همان شکل وزن‌هاست: اول نورون گیرنده، بعد نورون فرستنده.",
    "one path only": "فقط یک مسیر",
    "A change in this unit reaches the cost along several paths, and what they contribute adds up.":
        "تغییر این نورون از چند مسیر به هزینه می‌رسد و سهم مسیرها با هم جمع می‌شود.",
    "the paths are multiplied": "مسیرها در هم ضرب شده‌اند",
    "Along a path the factors multiply; over the paths they add up.":
        "در طول یک مسیر عامل‌ها در هم ضرب می‌شوند؛ مسیرها با هم جمع می‌شوند.",
    "the weight is lost": "وزن گم شده است",
    "The way from one unit to the next passes through the weight between them.":
        "راه هر نورون به نورون بعدی از وزن میان آن دو می‌گذرد.",
    "the input of the weight is lost": "ورودی وزن گم شده است",
    "z = w·x + b: how much does z change when w does? One factor is still to come.":
        "‹z = w·x + b›: با تغییر ‹w›، ‹z› چقدر تغییر می‌کند؟ هنوز یک عامل مانده است.",
    "the weight in place of its input": "وزن به جای ورودی آن",
    "z = w·x + b: by what is the weight multiplied?": "‹z = w·x + b›: وزن در چه ضرب شده است؟",
    "only the derivative with respect to the output": "فقط مشتق نسبت به خروجی",
    "That is how the cost changes with a. From a back to z there is one more factor.":
        "این تغییر هزینه با ‹a› است. در برگشت از ‹a› تا ‹z› یک عامل دیگر هم هست.",
    "the output in place of its error term": "خروجی به جای جملهٔ خطای آن",
    "That is what the unit says. Its error term is the derivative of the cost with respect to its z.":
        "این چیزی است که نورون می‌گوید. جملهٔ خطای آن مشتق هزینه نسبت به ‹z› آن است.",
    "the sign is turned": "علامت برعکس است",
    "If the output is too large, raising it makes the cost larger: which sign has the derivative then?":
        "اگر خروجی بیش از حد بزرگ باشد، افزایش آن هزینه را بزرگ‌تر می‌کند: پس مشتق چه علامتی دارد؟",
    "uphill instead of downhill": "سربالایی به جای سرازیری",
    "The gradient points to where the cost grows.": "گرادیان به سویی است که هزینه در آن بزرگ‌تر می‌شود.",
    "the weights above are already updated": "وزن‌های بالاتر پیش از وقت به‌روز شده‌اند",
    "All derivatives belong to the same point: work out every gradient first, then take the step.":
        "همهٔ مشتق‌ها از آنِ یک نقطه‌اند: اول همهٔ گرادیان‌ها را حساب کنید، بعد گام را بردارید.",
    "weights and biases are averaged differently": "میانگین‌گیری وزن‌ها و بایاس‌ها یکسان نیست",
    "The cost says whether samples are added up or averaged, and it says so for weights and biases alike.":
        "هزینه می‌گوید که روی نمونه‌ها جمع می‌زنیم یا میانگین می‌گیریم، و این برای وزن‌ها و بایاس‌ها یکی است.",
    "the samples are not added up": "روی نمونه‌ها جمع زده نشده است",
    "Every sample of the batch has its share, in the cost and in each gradient, so no index of a sample is left.":
        "هر نمونهٔ دسته سهم خودش را دارد، در هزینه و در هر گرادیان، پس هیچ اندیسی از نمونه‌ها باقی نمی‌ماند.",
    "the bias gradient carries an input": "گرادیان بایاس ورودی به همراه دارد",
    "A bias is multiplied by nothing in the weighted sum.": "بایاس در مجموع وزن‌دار در چیزی ضرب نمی‌شود.",
    "summed over the wrong axis": "جمع روی محور نادرست",
    "The gradient of a bias keeps the units and adds up the samples.":
        "گرادیان بایاس نورون‌ها را نگه می‌دارد و روی نمونه‌ها جمع می‌زند.",
    "the biases are never updated": "بایاس‌ها به‌روز نمی‌شوند",
    "A step of learning moves every parameter.": "هر گام یادگیری همهٔ پارامترها را تغییر می‌دهد.",
    "divided by the number of samples once too often": "یک بار بیش از حد بر تعداد نمونه‌ها تقسیم شده است",
    "Count how often the number of samples divides the cost.": "بشمارید که هزینه چند بار بر تعداد نمونه‌ها تقسیم شده است.",
    "not divided by the number of samples": "بر تعداد نمونه‌ها تقسیم نشده است",
    "This cost is the mean over the samples: their sum, divided by how many there are. So is its gradient.":
        "این هزینه میانگین روی نمونه‌هاست: مجموع آن‌ها تقسیم بر تعدادشان. گرادیان آن هم همین‌طور.",
    "the activation of the wrong layer": "فعال‌سازی لایه‌ای دیگر",
    "What a weight is multiplied by in the weighted sum is the output of the layer before.":
        "آنچه وزن در مجموع وزن‌دار در آن ضرب می‌شود خروجی لایهٔ پیشین است.",
    "the slope of ReLU is read from its output": "شیب ‹ReLU› از روی خروجی آن خوانده شده است",
    "The output of ReLU is never negative, so a test with ≥ 0 is always passed. Ask z.":
        "خروجی ‹ReLU› هیچ‌گاه منفی نیست، پس آزمون ‹≥ 0› همیشه برقرار است. از ‹z› بپرسید.",
    "negative gradients are set to zero": "گرادیان‌های منفی صفر شده‌اند",
    "ReLU stops a gradient where the unit's own input is negative, whatever the sign of the gradient.":
        "تابع ‹ReLU› گرادیان را وقتی متوقف می‌کند که ورودی خودِ نورون منفی باشد، علامت گرادیان هر چه باشد.",
    "the penalty is lost": "جریمه گم شده است",
    "The cost has two parts, and the second one has a derivative too.": "هزینه دو بخش دارد و بخش دوم هم مشتق دارد.",
    "the 2 of the penalty is lost": "ضریب ۲ جریمه گم شده است",
    "The penalty has a ½, and a square that brings a 2 down.": "جریمه ضریب ½ دارد، و مربعی که ضریب ۲ را به جلو می‌آورد.",
    "the gradient in place of the new parameter": "گرادیان به جای پارامتر تازه",
    "That is the direction of the step. What is asked for is where the step leads.":
        "این جهت گام است. پرسش این است که گام به کجا می‌رسد.",
    "weight decay on a bias": "جریمهٔ وزن روی بایاس",
    "The penalty of this cost adds up weights; biases do not stand in it.":
        "جریمهٔ این هزینه روی وزن‌ها جمع زده می‌شود؛ بایاس‌ها در آن نیستند.",
    "weight decay counted twice": "جریمهٔ وزن دو بار به حساب آمده است",
    "The penalty has a square and a ½ in front of it.": "جریمه یک مربع دارد و ضریب ½ پیش از آن.",
    "the learning rate is part of the gradient": "نرخ یادگیری در گرادیان آمده است",
    "The gradient belongs to the cost. The learning rate comes in with the step.":
        "گرادیان از آنِ هزینه است. نرخ یادگیری با گام وارد می‌شود.",
    "arrays that broadcast by accident": "آرایه‌هایی که ناخواسته پخش شده‌اند",
    "A row minus a column is a table of all differences. Compare the two shapes.":
        "سطر منهای ستون جدولی از همهٔ تفاضل‌هاست. دو شکل را با هم مقایسه کنید.",
    "gradients kept from the call before": "گرادیان‌هایی که از فراخوانی پیش مانده‌اند",
    "Called twice with the same numbers, the function gave two different results: start from zero each time.":
        "تابع با عددهای یکسان دو بار فراخوانده شد و دو نتیجهٔ متفاوت داد: هر بار از صفر شروع کنید.",
    "the inputs are overwritten": "ورودی‌ها بازنویسی شده‌اند",
    "The arrays that the function is given belong to somebody else; write into arrays of your own.":
        "آرایه‌هایی که به تابع داده می‌شود از آنِ دیگری است؛ در آرایه‌های خودتان بنویسید.",
    "the cost is taken for convex": "هزینه محدب فرض شده است",
    "A network has many equally good settings, such as one with two hidden units exchanged. What lies between them?":
        "شبکه وضعیت‌های هم‌ارز بسیاری دارد، مانند آنکه جای دو نورون پنهان عوض شود. میان آن‌ها چیست؟",
    "a saturated unit is taken for one without gradient": "نورون اشباع‌شده بی‌گرادیان فرض شده است",
    "Far out the slope is tiny and may round to 0 in the computer; as a number it is not 0.":
        "در دوردست شیب ناچیز است و شاید در رایانه به ۰ گرد شود؛ ولی آن عدد ۰ نیست.",
    "a path is forgotten": "یک مسیر فراموش شده است",
    "A change in this unit takes every way to the cost that there is, and what each contributes is added. Count the paths.":
        "تغییر این نورون از هر راهی که هست به هزینه می‌رسد و سهم راه‌ها با هم جمع می‌شود. مسیرها را بشمارید.",
    "a weight is lost on the way": "وزنی در راه گم شده است",
    "Each path is multiplied by the weight between its two units.": "هر مسیر در وزن میان دو نورونش ضرب می‌شود.",
    "the units are multiplied": "نورون‌ها در هم ضرب شده‌اند",
    "Each unit of the next layer is on a path of its own, and what the paths contribute adds up.":
        "هر نورون لایهٔ بعد در مسیر خودش است و سهم مسیرها با هم جمع می‌شود.",
    "a factor 2 too many": "یک ضریب ۲ زیادی",
    "Where does a 2 come from here? A square brings one, once; an error term δ has it already.":
        "این‌جا ضریب ۲ از کجا می‌آید؟ مربع آن را می‌آورد، فقط یک بار؛ در جملهٔ خطا δ از پیش هست.",
    "the power is wrong": "توان نادرست است",
    "The derivative of a power has the exponent one lower, and the old exponent in front.":
        "در مشتق توان، نما یکی کمتر می‌شود و نمای پیشین به جلو می‌آید.",
    "half of the error is lost": "نیمی از خطا گم شده است",
    "The error is the distance between output and target, and both stand in the derivative of its square.":
        "خطا فاصلهٔ خروجی از پاسخ درست است و هر دو در مشتق مربع آن هستند.",
    "the derivative of the squared error": "مشتق مربع خطا",
    "That belongs to another cost. Which one has this network?": "این از آنِ هزینه‌ای دیگر است. هزینهٔ این شبکه کدام است؟",
    "the error term where ∂C/∂a is asked": "جملهٔ خطا به جای ‹∂C/∂a›",
    "Asked is the derivative with respect to a, the output. From z to a there is a slope, and it is not part of this.":
        "پرسش مشتق نسبت به ‹a›، یعنی خروجی، است. از ‹z› تا ‹a› شیبی هست و آن جزو این پاسخ نیست.",
    "an input too many": "یک ورودی زیادی",
    "Asked is the derivative with respect to the unit itself. An input comes in with the derivative with respect to a weight.":
        "پرسش مشتق نسبت به خودِ نورون است. ورودی با مشتق نسبت به وزن وارد می‌شود.",
    "the bias gradient carries the bias": "گرادیان بایاس خودِ بایاس را به همراه دارد",
    "The bias is a term of z by itself. Where does a factor b come from?":
        "بایاس به‌تنهایی یکی از جمله‌های ‹z› است. عامل ‹b› از کجا می‌آید؟",
    "the error term is lost": "جملهٔ خطا گم شده است",
    "What comes back from the cost is multiplied into it; this is the last step alone.":
        "آنچه از هزینه برمی‌گردد در آن ضرب می‌شود؛ این فقط گام آخر است.",
    "a sum too many": "یک مجموع زیادی",
    "What is asked for has this index itself: there is nothing to add up.":
        "آنچه پرسیده شده است خودش این اندیس را دارد: چیزی برای جمع زدن نیست.",
    "the samples are added up": "روی نمونه‌ها جمع زده شده است",
    "Asked is a derivative of the cost of one sample, so nothing is added up over the batch.":
        "پرسش مشتق هزینهٔ یک نمونه است، پس روی دسته جمع زده نمی‌شود.",
    "brackets are missing": "پرانتز از قلم افتاده است",
    "The factor in front belongs to all of the sum.": "عامل جلو به کل مجموع تعلق دارد.",
    "a sign is turned": "یک علامت برعکس است",
    "One of the terms has the opposite sign.": "یکی از جمله‌ها علامت مخالف دارد.",
    "an index is wrong": "یک اندیس نادرست است",
    "The quantity is right and stands at the wrong unit.": "کمیت درست است ولی از نورونی دیگر.",
    "factors are added": "عامل‌ها با هم جمع شده‌اند",
    "What lies on one way to the cost is multiplied, step by step.":
        "عامل‌هایی که بر یک مسیر تا هزینه‌اند، گام به گام در هم ضرب می‌شوند.",
    "a quantity of the wrong layer": "کمیتی از لایه‌ای دیگر",
    "The letter is right and the layer is not. Where does the weight stand, and where does the error come from?":
        "حرف درست است ولی لایه نه. وزن کجاست و خطا از کجا می‌آید؟",
    "the bracket [i = j] is lost": "کروشهٔ ‹[i = j]› گم شده است",
    "For i = j there is a term that for i ≠ j there is not. Which one?":
        "وقتی ‹i = j› است جمله‌ای هست که وقتی ‹i ≠ j› است نیست. کدام جمله؟",
    "the penalty is differentiated wrongly": "مشتق جریمه نادرست است",
    "The penalty stands beside the mean over the samples, with a factor and a square of each weight. What is its derivative "
    "with respect to one of them?":
        "جریمه کنار میانگین روی نمونه‌هاست، با یک ضریب و مربع هر وزن. مشتق آن نسبت به یکی از وزن‌ها چیست؟",
    "the quantity in place of its derivative": "خودِ کمیت به جای مشتق آن",
    "That is the quantity itself, or a part of it. Asked is how fast it changes.":
        "این خودِ کمیت است یا بخشی از آن. پرسش این است که چقدر سریع تغییر می‌کند.",
    "a constant is kept": "ثابتی باقی مانده است",
    "What does not change has the derivative 0.": "مشتق آنچه تغییر نمی‌کند ۰ است.",
    "later steps are in it": "گام‌های بعدی هم در آن است",
    "Asked is one step. What the chain rule multiplies it by is not part of it.":
        "پرسش یک گام است. آنچه قاعدهٔ زنجیری در آن ضرب می‌کند جزو این گام نیست.",
    "a factor is lost": "یک عامل گم شده است",
    "One of its factors is not there. Go through it step by step.": "یکی از عامل‌هایش نیست. گام به گام مرور کنید.",
    "the step to the bottom, not the largest": "گامی که به ته می‌رسد، نه بزرگ‌ترین گام",
    "A step may jump over the valley and still end lower than it began.":
        "گام می‌تواند از روی دره بپرد و باز در جایی پایین‌تر از آغازش تمام شود.",
}

# what an exercise and its field say

PAGES = {
    "**Exercise {id}. {title}**": "**تمرین {id}. {title}**",
    "## Exercise {id}. {title}": "## تمرین {id}. {title}",
    "Exercise {id}, {title}: your formula": "تمرین {id}، {title}: فرمول شما",
    "Exercise {id}: your formula": "تمرین {id}: فرمول شما",
    "Exercise {id}: your number": "تمرین {id}: عدد شما",
    "Exercise {id}: your letter": "تمرین {id}: حرف شما",
    "Exercise {id} has {hints}; given: {given}.": "تمرین {id} {hints} دارد؛ داده‌شده: {given}.",
    "one hint": "یک راهنمایی",
    "hints 1 to {n}": "راهنمایی‌های ۱ تا {n}",
    "<details><summary>Hint {n}</summary>": "<details><summary>راهنمایی {n}</summary>",
    "Type it as you would write it: `3(p - q)` or `3*(p-q)`; `p[j,k]` or `p_jk`; `p²` or `p^2`; "
    "`sum_k p[k] q[k]` or `Σ_k p_k q_k`; `g'(p)`, `exp(p)`, `σ(p)`; `[j = k]` is 1 where it holds and 0 elsewhere. "
    "The sample's index may be left out. You may use:":
        "همان‌طور که روی کاغذ می‌نویسید: `3(p - q)` یا `3*(p-q)`؛ `p[j,k]` یا `p_jk`؛ `p²` یا `p^2`؛ `sum_k p[k] q[k]` یا "
        "`Σ_k p_k q_k`؛ `g'(p)`، `exp(p)`، `σ(p)`؛ `[j = k]` اگر برقرار باشد ۱ و در غیر این صورت ۰ است. اندیس نمونه را می‌توان "
        "ننوشت. این نام‌ها را می‌توانید به کار ببرید:",
    "- {name} {text}": "- {name} {text}",
    "- {name} {meaning}; also {others}": "- {name} {meaning}؛ یا {others}",
    "- {name} has shape {shape}": "- شکل {name} برابر {shape} است",
    "the number of samples": "تعداد نمونه‌ها",
    "the learning rate": "نرخ یادگیری",
    "Type a number; `1/3` is one too.": "عددی بنویسید؛ `1/3` هم عدد است.",
    "Give its letter.": "حرف آن را بنویسید.",
    "Exercise": "تمرین",
    "Your answer": "پاسخ شما",
    "Points": "امتیاز",
    "All": "همه",
    "What counts is what stands in the cell, since only cells are saved and handed in. Check writes your formula there; where "
    "it does not, Copy gives you the line.":
        "آنچه به حساب می‌آید در سلول است، چون فقط سلول‌ها ذخیره و تحویل داده می‌شوند. «بررسی» فرمول شما را در سلول می‌نویسد؛ اگر "
        "ننوشت، «کپی» سطر آن را به شما می‌دهد.",
    "Run this cell to try other answers.": "برای آزمودن پاسخ‌های دیگر این سلول را اجرا کنید.",
    "Write your answer here.": "پاسخ خود را این‌جا بنویسید.",

    # on the site
    "Your answer is judged here, in the page, where its scripts may run.":
        "پاسخ شما همین‌جا در صفحه بررسی می‌شود، اگر صفحه اجازهٔ اجرای برنامه‌هایش را داشته باشد.",
    "A function is not judged in this page. Download the notebook, and check yours there.":
        "تابع در این صفحه بررسی نمی‌شود. دفترچه را بارگیری کنید و تابع خود را آن‌جا بررسی کنید.",
    "This page cannot judge that. Write it in another form, or download the notebook and run it.":
        "این صفحه نمی‌تواند آن را بررسی کند. آن را به شکلی دیگر بنویسید، یا دفترچه را بارگیری و اجرا کنید.",
    "Type each answer into its field. Enter judges it, as often as you like: you see what is wrong and where to look, never the "
    "answer. A hint opens with a click. What you type is there the next time, and in a file if you save one. To hand in, or to "
    "have a function judged, download the notebook.":
        "هر پاسخ را در کادر خودش بنویسید. با کلید اینتر بررسی می‌شود، هر چند بار که بخواهید: می‌بینید چه چیزی نادرست است و کجا را "
        "نگاه کنید، ولی پاسخ را هرگز. راهنمایی با یک کلیک باز می‌شود. آنچه می‌نویسید دفعهٔ بعد هم هست، و اگر ذخیره کنید در یک "
        "پرونده. برای تحویل دادن، یا برای بررسی تابع، دفترچه را بارگیری کنید.",
    "{n} of {all} answers right, in this page.": "{n} پاسخ از {all} پاسخ این صفحه درست است.",
    "The platform knows of {n}.": "سامانه از {n} پاسخ درست باخبر است.",
    "The platform does not take that: {problem}.": "سامانه آن را نپذیرفت: {problem}.",
    "No learning platform is around it, so nobody else is told.": "سامانهٔ آموزشی در کار نیست، پس کسی دیگر باخبر نمی‌شود.",
    "The platform does not answer ({problem}), so nobody else is told.": "سامانه پاسخ نمی‌دهد ({problem})، پس کسی دیگر باخبر نمی‌شود.",
    "Save to a file": "ذخیره در پرونده",
    "Load from a file": "خواندن از پرونده",
    "A file that was saved here": "پرونده‌ای که این‌جا ذخیره شده است",
    "{name} replaces {typed} by something else. Load it?": "{name} {typed} را عوض می‌کند. خوانده شود؟",
    "1 answer that is typed here": "پاسخی را که این‌جا نوشته شده است",
    "{n} answers that are typed here": "{n} پاسخی را که این‌جا نوشته شده‌اند",
    "{name} is no file that was saved here; nothing is changed.": "{name} در این‌جا ذخیره نشده است؛ چیزی عوض نشد.",
    "Show": "نمایش",
    "Hide": "پنهان کردن",
    "Link to this heading": "پیوند به این عنوان",
    "Toggle hidden content": "نمایش یا پنهان کردن",
    "Download this notebook": "بارگیری این دفترچه",
    "Run it here": "همین‌جا اجرا کنید",
    "Run it on Binder": "اجرا در بایندر",
}

# an explorer

REFUSED = {
    "{loss} takes outputs of certain activations, so the last layer is {outputs}.":
        "{loss} خروجی تابع‌های فعال‌سازی معینی را می‌خواهد، پس لایهٔ آخر {outputs} است.",
    "{loss} takes logarithms of probabilities, so the last layer is {outputs}.":
        "{loss} از احتمال‌ها لگاریتم می‌گیرد، پس لایهٔ آخر {outputs} است.",
}

# sheet 1

SHEET_1 = {
    "# Sheet 1: Downhill, and one neuron": "# برگهٔ ۱: رو به پایین، و یک نورون",
    "1. **Type.** Begin with *Run → Run All Cells*. Then write your answer into the cell under its question: a formula between "
    "the quotation marks; a number, or the letter of a choice in quotation marks, in place of `None`; or the body of a "
    "function.":
        "1. **بنویسید.** با ‹*Run → Run All Cells*› شروع کنید. بعد پاسخ را در سلول زیر پرسش بنویسید: فرمول میان نشانه‌های نقل "
        "قول؛ عدد، یا حرف گزینه میان نشانه‌های نقل قول، به جای `None`؛ یا بدنهٔ تابع.",
    "2. **Check.** Run that cell and the next one with Shift + Enter. You see what is wrong and where to look, never the answer. "
    "A formula can be typed into the field there as well: Enter checks it and writes it into the cell. Try as often as you "
    "like; a hint opens with a click.":
        "2. **بررسی کنید.** آن سلول و سلول بعدی را با ‹Shift + Enter› اجرا کنید. می‌بینید چه چیزی نادرست است و کجا را نگاه کنید، "
        "ولی پاسخ را هرگز. فرمول را در کادر آن‌جا هم می‌توان نوشت: کلید ‹Enter› آن را بررسی می‌کند و در سلول می‌نویسد. هر چند بار که "
        "بخواهید امتحان کنید؛ راهنمایی با یک کلیک باز می‌شود.",
    "3. **Hand in.** Choose *Run → Restart Kernel and Run All Cells*. The end shows how your answers stand. Save with Ctrl + S, "
    "and hand in this file.":
        "3. **تحویل دهید.** ‹*Run → Restart Kernel and Run All Cells*› را انتخاب کنید. در پایان می‌بینید پاسخ‌هایتان در چه وضعی‌اند. با "
        "‹Ctrl + S› ذخیره کنید و همین پرونده را تحویل دهید.",
    "## Hand in": "## تحویل",
    "Run all cells: below you see how your answers stand. Then save, and hand in this file.":
        "همهٔ سلول‌ها را اجرا کنید: در پایین می‌بینید پاسخ‌هایتان در چه وضعی‌اند. بعد ذخیره کنید و همین پرونده را تحویل دهید.",

    "One weight": "یک وزن",
    "A neuron computes z = w·x + b and a = g(z); the cost of a sample is (a − y)². What is the derivative of the cost of one "
    "sample with respect to the weight *w*?":
        "نورونی ‹z = w·x + b› و ‹a = g(z)› را محاسبه می‌کند؛ هزینهٔ یک نمونه ‹(a − y)²› است. مشتق هزینهٔ یک نمونه نسبت به وزن *w* "
        "چیست؟",
    "The weight does not touch the cost directly. Through which two quantities does a change of it pass?":
        "وزن مستقیم بر هزینه اثر نمی‌گذارد. تغییر آن از کدام دو کمیت می‌گذرد؟",
    "Three small derivatives: the cost with respect to a, then a with respect to z, then z with respect to the weight. "
    "Multiply along the path.":
        "سه مشتق کوچک: هزینه نسبت به ‹a›، بعد ‹a› نسبت به ‹z›، بعد ‹z› نسبت به وزن. در طول مسیر ضرب کنید.",

    "The slope of the sigmoid, by value": "شیب سیگموئید، با مقدار",
    "A neuron with σ: z = w·x + b, a = σ(z), cost of a sample (a − y)². What is δ, the derivative of the cost of one sample "
    "with respect to z? Write σ′ as you like.":
        "نورونی با σ: ‹z = w·x + b›، ‹a = σ(z)›، هزینهٔ یک نمونه ‹(a − y)²›. δ چیست، یعنی مشتق هزینهٔ یک نمونه نسبت به ‹z›؟ "
        "‹σ′› را هر طور که می‌خواهید بنویسید.",
    "δ has two factors: one from the cost, one from the activation.":
        "جملهٔ خطا δ دو عامل دارد: یکی از هزینه، یکی از تابع فعال‌سازی.",
    "The slope of σ can be written with the output that is already there.":
        "شیب σ را می‌توان با خروجی‌ای نوشت که از پیش معلوم است.",

    "A gradient in numbers": "گرادیان به عدد",
    "A neuron with σ, w = 1.4, b = 0.8, sees x = 1.5 and should say y = 0; the cost is (a − y)². How large is the derivative of "
    "the cost with respect to *w*? Give three digits.":
        "نورونی با σ و ‹w = 1.4› و ‹b = 0.8› ورودی ‹x = 1.5› را می‌بیند و باید ‹y = 0› بگوید؛ هزینه ‹(a − y)²› است. مشتق هزینه "
        "نسبت به *w* چقدر است؟ سه رقم بنویسید.",
    "Go forward first: z, then a.": "اول رو به جلو بروید: ‹z›، بعد ‹a›.",
    "Use the formula of 1.1 with these numbers.": "فرمول تمرین ۱.۱ را با این عددها به کار ببرید.",

    "How large a step?": "گام تا چه اندازه بزرگ؟",
    "A neuron without activation, a = w·x, learns one sample, x = 2, y = 0, with cost (a − y)² by gradient descent. Above "
    "which η does it no longer converge?":
        "نورونی بدون تابع فعال‌سازی، ‹a = w·x›، یک نمونه را با هزینهٔ ‹(a − y)²› به روش گرادیان کاهشی یاد می‌گیرد: ‹x = 2›، "
        "‹y = 0›. بالاتر از کدام η دیگر همگرا نیست؟",
    "Write down one step: what is w multiplied by?": "یک گام را بنویسید: ‹w› در چه ضرب می‌شود؟",
    "It converges as long as that factor lies between −1 and 1.": "تا وقتی این ضریب میان منفی یک و یک باشد، همگراست.",

    "The cost of a batch": "هزینهٔ یک دسته",
    "A neuron computes z = w·x + b and a = g(z). The cost is the mean of (a − y)² over N samples. Write it down; s counts the "
    "samples.":
        "نورونی ‹z = w·x + b› و ‹a = g(z)› را محاسبه می‌کند. هزینه میانگین ‹(a − y)²› روی ‹N› نمونه است. آن را بنویسید؛ ‹s› "
        "نمونه‌ها را می‌شمارد.",
    "Add up the costs of the samples.": "هزینهٔ نمونه‌ها را جمع بزنید.",
    "A mean is a sum, divided by how many there are.": "میانگین مجموع است تقسیم بر تعداد.",

    "Which way?": "به کدام سو؟",
    "At the present *w* the derivative of the cost is ∂C/∂w = −0.6. Which small step makes the cost lower?":
        "در *w* کنونی مشتق هزینه ‹∂C/∂w = −0.6› است. کدام گام کوچک هزینه را کمتر می‌کند؟",
    "The derivative is the slope of the cost, drawn over w. Does this one rise or fall to the right?":
        "مشتق شیب هزینه است، اگر هزینه را روی ‹w› رسم کنیم. این شیب به سمت راست بالا می‌رود یا پایین می‌آید؟",
    "A step to a smaller w": "گامی به سوی ‹w› کوچک‌تر",
    "A step to a larger w": "گامی به سوی ‹w› بزرگ‌تر",
    "Either of them": "هر یک از این دو",

    "One neuron learns": "یک نورون یاد می‌گیرد",
    "Write a function that takes one step of gradient descent for a neuron with tanh and returns the new w and b. x and y hold "
    "N samples; the cost is the mean of (a − y)² over them.":
        "تابعی بنویسید که برای نورونی با ‹tanh› یک گام گرادیان کاهشی بردارد و ‹w› و ‹b› تازه را برگرداند. ‹x› و ‹y› شامل ‹N› "
        "نمونه‌اند؛ هزینه میانگین ‹(a − y)²› روی آن‌هاست.",
    "Work out z and a of every sample; NumPy does so for the whole array at once.":
        "برای هر نمونه ‹z› و ‹a› را حساب کنید؛ ‹NumPy› این کار را برای کل آرایه یک‌جا انجام می‌دهد.",
    "δ of every sample first; both derivatives are means over the samples.":
        "اول δ هر نمونه؛ هر دو مشتق میانگین روی نمونه‌ها هستند.",
    "Then take from each parameter η times its derivative.": "بعد از هر پارامتر η برابرِ مشتق آن را کم کنید.",
}

TEXTS = {english: FORMULA.sub(_isolated, persian) for part in (READING, FOUND, MISTAKES, PAGES, REFUSED, SHEET_1)
         for english, persian in part.items()}
