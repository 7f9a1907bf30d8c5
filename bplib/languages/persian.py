"""Persian: English sentence → Persian sentence, with the same {places}."""

SENTENCES = {
    # lists
    ", ": "، ",
    "; ": "؛ ",
    "{name} {number}": "{name}: {number}",

    # networks in words
    "input {n}": "ورودی {n}",
    "unit {n} of layer {layer}": "نورون {n} از لایهٔ {layer}",
    "weight from {before} to {unit}": "وزن اتصال {before} به {unit}",
    "bias of {unit}": "بایاس {unit}",
    "squared error": "مربع خطا",
    "absolute error": "قدر مطلق خطا",
    "Huber error": "خطای هوبر",
    "output": "خروجی",
    "given error": "خطای داده‌شده",
    "binary cross entropy": "آنتروپی متقاطع دوتایی",
    "categorical cross entropy": "آنتروپی متقاطع چنددسته‌ای",
    "negative log-likelihood": "منفی لگاریتم درست‌نمایی",

    # pictures
    "Picture: {alt}": "تصویر: {alt}",
    "A network as circles and arrows, with outputs.": "شبکه‌ای از دایره‌ها و پیکان‌ها، با خروجی‌ها.",
    "A network as circles and arrows, with error terms, going back.":
        "شبکه‌ای از دایره‌ها و پیکان‌ها، با δ نورون‌ها، رو به عقب.",
    "From left to right: {rows}.": "از چپ به راست: {rows}.",
    "The cost as a curve over {name} from {left} to {right}. {n} steps lead from {start}, cost {before}, to {end}, cost "
    "{after}, where the tangent has slope {slope}.":
        "منحنی هزینه روی {name} از {left} تا {right}. {n} گام از {start} با هزینهٔ {before} به {end} با هزینهٔ {after} "
        "می‌رسند و مماس در آن‌جا شیب {slope} دارد.",
    "Weights: {weights}.": "وزن‌ها: {weights}.",
    "Biases: {biases}.": "بایاس‌ها: {biases}.",
    "{sender} to {receiver}": "{sender} به {receiver}",

    # labels within pictures, which cannot join Persian letters: formulas
    "cost C": "C",
    "tangent, slope": "∂C/∂w =",
    "steps": "w ← w − η ∂C/∂w",
    "cost C =": "C =",
    "slope ∂C/∂w =": "∂C/∂w =",
    "next step −η ∂C/∂w =": "−η ∂C/∂w =",

    # any explorer
    "Run this notebook to move it.": "برای حرکت دادن آن، این دفترچه را اجرا کنید.",
    "The explorer met an error: {error}": "کاوشگر با خطایی روبه‌رو شد: {error}",
    "The explorer cannot start: {error}": "کاوشگر شروع به کار نکرد: {error}",
    "{label} {symbol}, typed": "{label} {symbol}، با صفحه‌کلید",
    "Run": "اجرا",
    "Stop": "توقف",
    "Stopped.": "متوقف شد.",
    "Stopped after {n} steps.": "پس از {n} گام متوقف شد.",
    "undefined": "تعریف‌نشده",
    "nothing": "هیچ",
    "a finite number": "عددی متناهی",
    "a whole number": "عددی صحیح",
    "at least {limit}": "دست‌کم {limit}",
    "above {limit}": "بزرگ‌تر از {limit}",
    "at most {limit}": "حداکثر {limit}",
    "below {limit}": "کوچک‌تر از {limit}",

    # the network explorer: what it shows
    "Network explorer": "کاوشگر شبکه",
    "Network explorer: {sizes}, {loss}, {x}, {y}, {eta}.": "کاوشگر شبکه: {sizes}، {loss}، {x}، {y}، {eta}.",
    "Network explorer: {sizes}, {loss}, all {n} samples, {eta}.":
        "کاوشگر شبکه: {sizes}، {loss}، همهٔ {n} نمونه، {eta}.",
    "inputs": "ورودی‌ها",
    "layer {n}": "لایهٔ {n}",
    "cost": "هزینه",
    "input {n}, typed": "ورودی {n}، با صفحه‌کلید",
    "target {n}, typed": "پاسخ درست {n}، با صفحه‌کلید",
    "{key}, {words}": "{key}، {words}",

    # its controls
    "Forward": "رو به جلو",
    "Backward": "رو به عقب",
    "Update": "به‌روزرسانی",
    "Step": "یک گام",
    "Reset": "از نو",
    "Values, layer by layer": "مقدارها، لایه به لایه",
    "How the cost depends on each unit, from the last layer to the first":
        "هزینه چطور به هر نورون وابسته است، از لایهٔ آخر تا لایهٔ اول",
    "Every weight {formula}": "هر وزن: {formula}",
    "Forward, backward and update at once": "رو به جلو، رو به عقب و به‌روزرسانی، همه با هم",
    "Step until the steps are tiny": "گام پشت گام، تا وقتی که گام‌ها ناچیز شوند",
    "Back to the values at the start": "بازگشت به مقدارهای آغاز",
    "Try:": "امتحان کنید:",
    "{n} of {all} done": "{n} از {all} انجام شد",
    "all of that is done; what else happens?": "همه تمام شد؛ دیگر چه پیش می‌آید؟",
    "press Play. From where does each unit take its numbers?":
        "دکمهٔ «پخش» را بزنید. هر نورون عددهایش را از کجا می‌گیرد؟",
    "on which unit of layer 1 does the cost depend most? Pause and guess, then play on.":
        "هزینه به کدام نورون لایهٔ ۱ بیشتر وابسته است؟ مکث کنید و حدس بزنید، بعد پخش را ادامه دهید.",
    "click an edge that leaves an input. Along which paths does its weight reach the cost?":
        "روی یکی از یال‌هایی که از ورودی‌ها می‌آیند کلیک کنید. وزن آن از کدام مسیرها به هزینه می‌رسد؟",
    "go from sample to sample, then to all of them. Which weight would they move in different directions?":
        "از یک نمونه به نمونهٔ بعد بروید و بعد همه را با هم ببینید. نمونه‌ها کدام وزن را در جهت‌های مختلف تغییر می‌دهند؟",
    "find a learning rate η with which a Step overshoots.":
        "نرخ یادگیری η را طوری پیدا کنید که «یک گام» بیش از حد بلند باشد.",
    "All weights": "همهٔ وزن‌ها",
    "Now in the cell: {line}": "اکنون در سلول: {line}",
    "The name and the number of every weight, or of those on the way":
        "نام و مقدار همهٔ وزن‌ها، یا فقط آن‌هایی که در مسیرند",
    "chosen": "انتخاب‌شده",
    "chosen {letters}": "انتخاب: {letters}",
    "a unit is chosen": "انتخاب: یک نورون",
    "learning rate": "نرخ یادگیری",
    "letters of": "نمادهای",
    "formulas": "فرمول‌ها",

    # the way through its computation
    "step by step": "گام به گام",
    "step": "گام",
    "speed": "سرعت",
    "{n} of {all}": "{n} از {all}",
    "Start": "آغاز",
    "Back": "قبلی",
    "Play": "پخش",
    "Pause": "مکث",
    "Next": "بعدی",
    "End": "پایان",
    "Before the first step": "پیش از گام اول",
    "The step before": "گام قبل",
    "Step after step, forward to the cost and back": "گام به گام، رو به جلو تا هزینه و برگشت",
    "The next step": "گام بعد",
    "After the last step": "پس از گام آخر",
    "Play shows how numbers go forward to the cost, and how its derivatives come back along the edges.":
        "«پخش» نشان می‌دهد که عددها چطور رو به جلو تا هزینه می‌روند و مشتق‌های آن چطور در امتداد یال‌ها برمی‌گردند.",
    "Nothing is computed yet: there are the inputs and the weights.":
        "هنوز چیزی محاسبه نشده است: فقط ورودی‌ها و وزن‌ها معلوم‌اند.",
    "{unit}: what arrives and its bias add up to {number}, its weighted sum.":
        "{unit}: آنچه می‌رسد و بایاس آن روی هم {number} می‌شود، مجموع وزن‌دار آن.",
    "{unit}: what arrives adds up to {number}, its weighted sum.":
        "{unit}: آنچه می‌رسد روی هم {number} می‌شود، مجموع وزن‌دار آن.",
    "{unit}: of the weighted sum {sum} its activation makes {number}.":
        "{unit}: تابع فعال‌سازی آن از مجموع وزن‌دار {sum} عدد {number} را می‌سازد.",
    "The cost compares outputs with targets: {number}.": "هزینه خروجی‌ها را با پاسخ‌های درست می‌سنجد: {number}.",
    "{unit}: as its output grows, the cost changes at the rate {number}.":
        "{unit}: با زیاد شدن خروجی آن، هزینه با آهنگ {number} تغییر می‌کند.",
    "{unit}: {sum} times the slope of its activation, {slope}, is {delta} = {number}.":
        "{unit}: {sum} ضرب در شیب تابع فعال‌سازی آن، {slope}، می‌شود {delta} = {number}.",
    "{unit}: every output of its layer depends on its weighted sum, so the rates of all make up {delta} = {number}.":
        "{unit}: همهٔ خروجی‌های لایهٔ آن به مجموع وزن‌دار آن وابسته‌اند؛ پس آهنگ همه با هم {delta} = {number} را می‌سازد.",
    "{unit}: loss and activation together give {delta} = {number} at once.":
        "{unit}: تابع زیان و تابع فعال‌سازی با هم {delta} = {number} را یک‌باره به دست می‌دهند.",
    "{delta} = {number} comes back from {source}; times the weight {w} it is {term}.":
        "{delta} = {number} از {source} برمی‌گردد؛ ضرب در وزن {w} می‌شود {term}.",
    "The sum at {unit} is now {sum}.": "مجموع در {unit} اکنون {sum} است.",
    "The sum at {unit} is complete: {sum}.": "مجموع در {unit} کامل شد: {sum}.",
    "{weight}: {delta} = {number} at its end times {a} at its start is its derivative, {slope}.":
        "{weight}: {delta} = {number} در انتهای آن ضرب در {a} در ابتدای آن مشتق آن است، {slope}.",
    "{bias}: its derivative is {delta} of its unit, {number}.": "{bias}: مشتق آن همان {delta} نورون آن است، {number}.",

    # its batch
    "sample": "نمونه",
    "{n}": "{n}",
    "sample {n}": "نمونهٔ {n}",
    "mean": "میانگین",
    "sum": "مجموع",
    "Sample {n} of the batch": "نمونهٔ {n} از دسته",
    "The derivatives of all samples, and what becomes of them": "مشتق‌های همهٔ نمونه‌ها، و آنچه از آن‌ها به دست می‌آید",
    "Play goes through the derivatives of the batch, one after the other.":
        "«پخش» مشتق‌های دسته را یکی پس از دیگری نشان می‌دهد.",
    "The cost of the batch is the mean of those of its samples, and so is each derivative.":
        "هزینهٔ دسته میانگین هزینه‌های نمونه‌های آن است، و هر مشتق هم همین‌طور.",
    "The cost of the batch is the sum of those of its samples, and so is each derivative.":
        "هزینهٔ دسته مجموع هزینه‌های نمونه‌های آن است، و هر مشتق هم همین‌طور.",
    "The cost of the batch is the mean of those of its samples, ({terms}) / {n} = {number}.":
        "هزینهٔ دسته میانگین هزینه‌های نمونه‌های آن است، ({terms}) / {n} = {number}.",
    "The cost of the batch is the sum of those of its samples, {terms} = {number}.":
        "هزینهٔ دسته مجموع هزینه‌های نمونه‌های آن است، {terms} = {number}.",
    "{what}: its derivative is the mean of those of the samples, ({terms}) / {n} = {number}.":
        "{what}: مشتق آن میانگین مشتق‌های نمونه‌هاست، ({terms}) / {n} = {number}.",
    "{what}: its derivative is the sum of those of the samples, {terms} = {number}.":
        "{what}: مشتق آن مجموع مشتق‌های نمونه‌هاست، {terms} = {number}.",
    "All {n} samples.": "همهٔ {n} نمونه.",
    "Sample {n} of {all}.": "نمونهٔ {n} از {all}.",

    # its formulas
    "{letters}, {words}; in Python {key}": "{letters}، {words}؛ در پایتون {key}",
    "Forward: each unit adds up what it hears, then applies its activation.":
        "رو به جلو: هر نورون آنچه را می‌شنود جمع می‌زند و سپس تابع فعال‌سازی خود را به کار می‌برد.",
    "Backward: how much the cost changes with each unit's weighted sum, from the last layer to the first.":
        "رو به عقب: هزینه با تغییر مجموع وزن‌دار هر نورون چقدر تغییر می‌کند، از لایهٔ آخر تا لایهٔ اول.",
    "Update: every weight and bias takes a step down its own slope.":
        "به‌روزرسانی: هر وزن و هر بایاس گامی در جهت پایین شیب خودش برمی‌دارد.",
    "chain rule along its path": "قاعدهٔ زنجیری در تنها مسیر",
    "chain rule along {n} paths, one term each": "قاعدهٔ زنجیری در {n} مسیر، هر مسیر یک جمله",
    "written out": "فرمول کامل",
    "{n} paths, with what they share in front": "{n} مسیر، با فاکتورگیری از عامل‌های مشترک",
    "by the units after it": "با نورون‌های پس از آن",
    "by the error term of its unit": "با δ نورونش",
    "Written out, path by path": "فرمول کامل، مسیر به مسیر",
    "update": "به‌روزرسانی",

    # its messages
    "Forward is done: every unit has its value, and so has the cost.":
        "رو به جلو تمام شد: مقدار همهٔ نورون‌ها و مقدار هزینه معلوم است.",
    "Backward needs the values of Forward, so they were computed first.":
        "رو به عقب به مقدارهای رو به جلو نیاز دارد؛ پس اول آن‌ها محاسبه شدند.",
    "Backward is done: every weight has its derivative.": "رو به عقب تمام شد: مشتق همهٔ وزن‌ها معلوم است.",
    "Every weight has moved. Press Forward to see what that does to the outputs and to the cost.":
        "همهٔ وزن‌ها تغییر کردند. دکمهٔ «رو به جلو» را بزنید تا ببینید خروجی‌ها و هزینه چه می‌شوند.",
    "Step {n}: C went from {before} to {after}.": "گام {n}: هزینه از {before} به {after} رسید.",
    "The step overshoots: C rose from {before} to {after}.":
        "گام بیش از حد بلند بود: هزینه از {before} به {after} بالا رفت.",
    "η is 0: a step moves nothing.": "η صفر است: گام چیزی را تغییر نمی‌دهد.",
    "The step is tiny ({size}): the slope is almost 0 here.": "گام ناچیز است ({size}): شیب در این‌جا تقریباً صفر است.",
    "The steps diverge: each one overshoots further. Press Reset, then choose a smaller η.":
        "گام‌ها واگرا می‌شوند: هر گام از گام پیش بلندتر است. دکمهٔ «از نو» را بزنید و بعد η کوچک‌تری انتخاب کنید.",
    "η is the {label}: {expected}; given: {given}.": "η {label} است: {expected}؛ داده‌شده: {given}.",
    "{key} is a {words}: a finite number; given: {given}.": "{key} {words} است: عددی متناهی؛ داده‌شده: {given}.",
    "{key} is an input: a finite number; given: {given}.": "{key} ورودی است: عددی متناهی؛ داده‌شده: {given}.",
    "{key} is a target: a finite number; given: {given}.": "{key} پاسخ درست است: عددی متناهی؛ داده‌شده: {given}.",
    "{loss} takes targets y from 0 to 1, probabilities; given: {given}.":
        "{loss} پاسخ‌های درستی می‌خواهد که احتمال باشند، از صفر تا یک؛ داده‌شده: {given}.",
    "{loss} takes targets that add up to 1. Set all of them at once from a cell: {code}.":
        "{loss} پاسخ‌های درستی می‌خواهد که جمعشان یک باشد. همه را با هم از یک سلول تعیین کنید: {code}.",

    # what it says aloud
    "A network with {sizes} units in its layers.": "شبکه‌ای که لایه‌هایش {sizes} نورون دارند.",
    "Its values are not computed yet.": "مقدارهایش هنوز محاسبه نشده‌اند.",
    "The cost C is {cost}.": "هزینه {cost} است.",
    "Chosen: {key}, {words}": "انتخاب‌شده: {key}، {words}",
    "{chosen}, {number}": "{chosen}، {number}",
    "{chosen}; the derivative of C with respect to it is {slope}.": "{chosen}؛ مشتق هزینه نسبت به آن {slope} است.",

    # the digit explorer: what it shows
    "Digit explorer": "کاوشگر رقم",
    "Digit explorer: a picture read as {reads}, with {sure}; target {target}, {eta}.":
        "کاوشگر رقم: تصویری که {reads} خوانده می‌شود، با {sure}؛ پاسخ خواسته‌شده {target}، {eta}.",
    "A digit of 8 by 8 pixels; the ten outputs for it as bars: the network reads {reads}, with {sure}; and "
    "what would make it read {target}, a plus for more ink and a minus for less.":
        "رقمی از ۸ در ۸ پیکسل؛ ده خروجی آن به شکل میله: شبکه {reads} می‌خواند، با {sure}؛ و آنچه باعث می‌شود {target} "
        "بخواند، به‌اضافه برای جوهر بیشتر و منها برای جوهر کمتر.",
    "Draw here": "این‌جا بکشید",
    "With mouse, finger, or arrow keys and space.": "با موشواره، انگشت، یا کلیدهای جهت‌نما و فاصله.",
    "Fill the field from top to bottom: so do the digits that it learned from.":
        "کادر را از بالا تا پایین پر کنید: رقم‌هایی که شبکه از آن‌ها یاد گرفته است هم چنین‌اند.",
    "The field: arrow keys move, the space key gives a pixel more ink":
        "کادر: کلیدهای جهت‌نما جابه‌جا می‌کنند و کلید فاصله جوهر پیکسل را بیشتر می‌کند",
    "row {row}, column {column}: {share} % ink": "سطر {row}، ستون {column}: {share} درصد جوهر",
    "It reads": "می‌خواند:",
    "outputs; the choice is the target": "خروجی‌ها؛ رقم انتخاب‌شده همان پاسخ خواسته‌شده است",
    "To make it read {digit}: {formula}": "برای آنکه {digit} بخواند: {formula}",
    "more ink": "جوهر بیشتر",
    "less ink": "جوهر کمتر",
    "pale: already full, or empty": "کم‌رنگ: از پیش پر یا خالی",
    "More ink helps most in row {row}, column {column}; less ink in row {row2}, column {column2}.":
        "جوهر بیشتر در سطر {row} و ستون {column} از همه مؤثرتر است؛ جوهر کمتر در سطر {row2} و ستون {column2}.",
    "What each unit of layer 1 looks for: the signs of its weights, over the digit; and its output":
        "آنچه هر نورون لایهٔ ۱ دنبالش می‌گردد: علامت وزن‌هایش روی رقم؛ و خروجی آن",
    "the weights of unit {n}": "وزن‌های نورون {n}",

    # its controls
    "Clear": "پاک کردن",
    "An empty field": "کادر خالی",
    "Undo": "برگرداندن",
    "Take back the last line, the last steps, or Clear": "برگرداندن آخرین خط، آخرین گام‌ها یا «پاک کردن»",
    "Example": "مثال",
    "The next test image": "تصویر آزمون بعدی",
    "Misread": "بدخوانده",
    "The next test image that the network reads wrong": "تصویر آزمون بعدی که شبکه اشتباه می‌خواند",
    "Step until the network is sure of the target": "گام پشت گام، تا وقتی که شبکه از پاسخ خواسته‌شده مطمئن شود",
    "{formula}, kept from 0 to 1": "{formula}، در بازهٔ ۰ تا ۱",
    "step length": "طول گام",
    "digit that is wanted": "رقم خواسته‌شده",
    "press Run: the picture moves against its gradient. Which pixels change until it is read as the target?":
        "دکمهٔ «اجرا» را بزنید: تصویر خلاف جهت گرادیان خود حرکت می‌کند. کدام پیکسل‌ها تغییر می‌کنند تا پاسخ خواسته‌شده خوانده شود؟",
    "press Clear and draw a 3. Which pixels would make it an 8?":
        "دکمهٔ «پاک کردن» را بزنید و رقم ۳ لاتین را بکشید. کدام پیکسل‌ها آن را ۸ لاتین می‌کنند؟",
    "press Clear, then Run: what does the network take for the target? Would you?":
        "اول «پاک کردن» و بعد «اجرا» را بزنید: شبکه چه چیزی را به جای پاسخ خواسته‌شده می‌گیرد؟ شما هم همان را می‌خوانید؟",
    "press Misread and choose as target what the image is. Which pixels would have to change?":
        "دکمهٔ «بدخوانده» را بزنید و رقم درست تصویر را به عنوان پاسخ انتخاب کنید. کدام پیکسل‌ها باید تغییر کنند؟",

    # its messages
    "A test image: it is a {digit}.": "تصویری از مجموعهٔ آزمون: رقم {digit} است.",
    "It is a {digit}. Of the {all} test images the network reads {n} wrong.":
        "رقم {digit} است. شبکه از {all} تصویر آزمون {n} تا را اشتباه می‌خواند.",
    "The network reads all {n} test images right.": "شبکه همهٔ {n} تصویر آزمون را درست می‌خواند.",
    "After {n} steps the network reads {digit}, with {sure}. Do you?":
        "پس از {n} گام شبکه {digit} می‌خواند، با {sure}. شما چه؟",
    "The network reads {reads}, with {sure}. For the target {target} the cost C is {cost}.":
        "شبکه {reads} می‌خواند، با {sure}. برای پاسخ خواسته‌شدهٔ {target} هزینه {cost} است.",

    # the neuron explorer
    "Neuron explorer": "کاوشگر نورون",
    "Neuron explorer: {activation}, {loss}, {numbers}.": "کاوشگر نورون: {activation}، {loss}، {numbers}.",
    "target": "پاسخ درست",
    "Cost C as a curve over the weight w from {left} to {right}. At {w} the cost C is {cost} and its slope {slope}; the next "
    "step of gradient descent changes w by {step}.":
        "منحنی هزینه روی وزن w از {left} تا {right}. در {w} هزینه {cost} است و شیب آن {slope}؛ گام بعدی گرادیان کاهشی w را به "
        "اندازهٔ {step} تغییر می‌دهد.",
    "Cost C as a function of the weight w.": "هزینه به صورت تابعی از وزن w.",
    "At {w} the cost C is {cost} and its slope {slope}; the next step changes w by {step}.":
        "در {w} هزینه {cost} است و شیب آن {slope}؛ گام بعدی w را به اندازهٔ {step} تغییر می‌دهد.",
    "Output a as a function of the weighted sum z. At {z} it is {a}, its slope {slope}; the target is {y}.":
        "خروجی a به صورت تابعی از مجموع وزن‌دار z. در {z} مقدار آن {a} است و شیبش {slope}؛ پاسخ درست {y} است.",
    "z is {z}, a is {a}.": "مقدار z برابر {z} و مقدار a برابر {a} است.",
    "{first} and {second}": "{first} و {second}",
    "slope {formula}": "شیب {formula}",
    "its slope {formula}": "شیب آن {formula}",
    "next step {formula}": "گام بعدی {formula}",
    "past steps, each with its own b": "گام‌های گذشته، هر یک با b خودش",
    "forward": "رو به جلو",
    "{symbol} is the {label}: {expected}; given: {given}.": "{symbol} {label} است: {expected}؛ داده‌شده: {given}.",
    "{loss} takes a target y from 0 to 1, a probability; given: {given}.":
        "{loss} پاسخ درستی می‌خواهد که احتمال باشد، از صفر تا یک؛ داده‌شده: {given}.",
    "press Step. Which way does w go while the slope of C is positive?":
        "دکمهٔ «یک گام» را بزنید. تا وقتی شیب هزینه مثبت است، w به کدام سو می‌رود؟",
    "drag the point on the curve of C to where the slope is almost 0. What does a step do there?":
        "نقطهٔ روی منحنی هزینه را به جایی بکشید که شیب تقریباً صفر است. گام در آن‌جا چه می‌کند؟",
    "make a as wrong as you can, with C large: why is the slope small all the same? Look at the curve of a.":
        "مقدار a را تا می‌توانید نادرست کنید، طوری که هزینه بزرگ شود: چرا شیب با این همه کوچک است؟ به منحنی a نگاه کنید.",
    "choose binary cross entropy there. Which factor has it lost?":
        "در همان‌جا آنتروپی متقاطع دوتایی را انتخاب کنید. کدام عامل از میان رفته است؟",
    "find an η with which a step overshoots: C goes up.":
        "مقداری برای η پیدا کنید که گام با آن بیش از حد بلند باشد: هزینه بالا می‌رود.",

    # the builder: what it shows
    "Graph builder": "سازندهٔ شبکه",
    "Graph builder: {units}, {loss}.": "سازندهٔ شبکه: {units}، {loss}.",
    "drawing": "طرح شبکه",
    "weight": "وزن",
    "bias": "بایاس",
    "input": "ورودی",
    "target of": "پاسخ درستِ",
    "input or target": "ورودی یا پاسخ",
    "activation": "تابع فعال‌سازی",
    "loss": "تابع زیان",
    "units have a bias": "نورون‌ها بایاس دارند",
    "name": "نام",
    "A name has {most} letters and digits at most and begins with a letter, such as h3; given: {given}.":
        "نام حداکثر {most} حرف و رقم دارد و با حرف آغاز می‌شود، مثل h3؛ داده‌شده: {given}.",
    "There is another {name} already. Choose another name.": "{name} دیگری هم هست. نام دیگری انتخاب کنید.",
    "The steps diverge. Press Undo, then choose a smaller η.":
        "گام‌ها واگرا می‌شوند. دکمهٔ «برگرداندن» را بزنید و بعد η کوچک‌تری انتخاب کنید.",
    "press Play. Which δ is computed first, and on which of the others does each one wait?":
        "دکمهٔ «پخش» را بزنید. کدام δ اول محاسبه می‌شود، و هر δ منتظر کدام δهای دیگر می‌ماند؟",
    "weight from {from} to {to}": "وزن از {from} به {to}",
    "weight from {from} to {to}: {w}": "وزن از {from} به {to}: {w}",
    "{node}: input, {value}": "{node}: ورودی، {value}",
    "{node}: {g} of the weighted sum of {sources}": "{node}: تابع {g} روی مجموع وزن‌دار {sources}",
    "{node}: {g}, fed by nothing yet": "{node}: تابع {g}، هنوز چیزی به آن وصل نیست",
    "Inputs {inputs}; units {units}.": "ورودی‌ها: {inputs}؛ نورون‌ها: {units}.",
    "{name} reaches the cost along {n} paths.": "{name} از {n} مسیر به هزینه می‌رسد.",
    "The cost C is {cost}; its derivative with respect to {name} is {slope}.":
        "هزینه {cost} است؛ مشتق آن نسبت به {name} برابر {slope} است.",
    "One path to the cost: multiply along it": "یک مسیر تا هزینه: عامل‌ها در طول آن ضرب می‌شوند",
    "{n} paths to the cost: multiply along each, add them up":
        "{n} مسیر تا هزینه: در طول هر مسیر ضرب کنید، مسیرها را جمع کنید",
    "Too many to write out. The error terms add them up, unit by unit:":
        "بیش از آن که بتوان همه را نوشت. δها آن‌ها را نورون به نورون جمع می‌زنند:",
    "In short, by error terms δ": "کوتاه‌تر، با δ نورون‌ها",
    "All equations": "همهٔ معادله‌ها",
    "The generated NumPy code": "کد تولیدشده",
    "code": "کد",
    "The same network in Python": "همین شبکه در پایتون",
    "in Python": "در پایتون",

    # its controls
    "Add input": "ورودی تازه",
    "One more input": "یک ورودی دیگر",
    "Add unit": "نورون تازه",
    "One more unit, fed by the one that is chosen": "یک نورون دیگر که نورون انتخاب‌شده به آن وصل است",
    "Connect": "اتصال",
    "An arrow from the chosen unit to the one that you choose next":
        "پیکانی که نورون انتخاب‌شده را به نورونی که پس از آن انتخاب می‌کنید می‌رساند",
    "Remove": "حذف",
    "Take away the unit or the arrow that is chosen": "حذف نورون یا پیکان انتخاب‌شده",
    "Take back the last change": "برگرداندن آخرین تغییر",
    "Start again": "از اول",
    "Back to the network at the start": "بازگشت به شبکهٔ آغاز",
    "Drag from here to another unit": "از این‌جا تا نورونی دیگر بکشید",
    "Click a free place for a unit; drag the dot of one to another for an arrow. With keys: arrow keys move a unit, "
    "Delete removes it, Connect begins an arrow.":
        "برای نورون تازه روی جای خالی کلیک کنید؛ برای پیکان، نقطهٔ یک نورون را تا نورونی دیگر بکشید. با صفحه‌کلید: "
        "کلیدهای جهت‌دار نورون را جابه‌جا می‌کنند، کلید حذف آن را حذف می‌کند، «اتصال» پیکانی را آغاز می‌کند.",
    "Copy these lines": "کپی این سطرها",
    "click an arrow. Along how many paths does its weight reach the cost?":
        "روی پیکانی کلیک کنید. وزن آن از چند مسیر به هزینه می‌رسد؟",
    "draw arrows until a weight reaches the cost along 3 paths or more.":
        "آن‌قدر پیکان بکشید تا وزنی از ۳ مسیر یا بیشتر به هزینه برسد.",
    "draw an arrow that closes a cycle. Why can there be none?":
        "پیکانی بکشید که یک دور را ببندد. چرا چنین پیکانی ممکن نیست؟",
    "make the δ of a unit exactly 0. What has to be 0 for that? There are several ways.":
        "δ یک نورون را درست صفر کنید. برای این کار چه چیزی باید صفر باشد؟ چند راه دارد.",

    # its messages
    "Choose the unit or input where the arrow begins, then press Connect.":
        "نورون یا ورودی آغاز پیکان را انتخاب کنید و بعد «اتصال» را بزنید.",
    "Now choose the unit that {from} is to feed. Escape ends this.":
        "اکنون نورونی را انتخاب کنید که {from} باید به آن وصل شود. کلید گریز انصراف است.",
    "{to} is an input, and nothing feeds one. Begin the arrow there, and end it at a unit.":
        "{to} ورودی است و هیچ پیکانی به ورودی نمی‌رسد. پیکان را از آن آغاز کنید و به یک نورون برسانید.",
    "{to} cannot feed itself: its output is computed from its sources. End the arrow at another unit.":
        "{to} نمی‌تواند به خودش وصل شود: خروجی آن از منبع‌هایش محاسبه می‌شود. پیکان را به نورونی دیگر برسانید.",
    "There is an arrow from {from} to {to} already. Choose it to change its weight.":
        "پیکانی از {from} به {to} هست. برای تغییر وزنش آن را انتخاب کنید.",
    "An arrow from {from} to {to} would close a cycle, as {to} leads to {from}. Draw it the other way, or remove one first.":
        "پیکان از {from} به {to} یک دور را می‌بندد، چون {to} به {from} می‌رسد. آن را در جهت دیگر بکشید، یا اول پیکانی را "
        "حذف کنید.",
    "There are {n} inputs and units, and no more can be drawn. Remove one first.":
        "{n} ورودی و نورون هست و بیش از این نمی‌توان کشید. اول یکی را حذف کنید.",
    "{name} is fed by nothing yet: drag from the dot of another one to it.":
        "هنوز چیزی به {name} وصل نیست: از نقطهٔ نورونی دیگر تا آن بکشید.",
    "{node} is the last one there is. Add another one first.": "{node} آخرین است. اول یکی دیگر اضافه کنید.",
    "A finite number is expected; given: {given}.": "عددی متناهی لازم است؛ داده‌شده: {given}.",
    "This is no network yet: it has no unit. Add one.": "این هنوز شبکه نیست: نورونی ندارد. یکی اضافه کنید.",
    "This is no network yet: nothing leads to {units}. Draw an arrow there, or remove it.":
        "این هنوز شبکه نیست: هیچ پیکانی به {units} نمی‌رسد. پیکانی به آن بکشید یا آن را حذف کنید.",
    "{loss} takes outputs of {outputs}: choose that for {units}, or another loss.":
        "{loss} خروجی {outputs} می‌خواهد: برای {units} آن را انتخاب کنید، یا تابع زیان دیگری.",
    "{loss} takes outputs of {outputs}.": "{loss} خروجی {outputs} می‌خواهد.",
    "Python derives the gradients …": "پایتون گرادیان‌ها را به دست می‌آورد …",
    "The derivation of this drawing needs Python: run this notebook. The lines below make the network there.":
        "به دست آوردن گرادیان‌های این طرح به پایتون نیاز دارد: این دفترچه را اجرا کنید. سطرهای پایین شبکه را آن‌جا می‌سازند.",
    "Copied. Paste it into a cell below.": "کپی شد. آن را در سلولی پایین‌تر بچسبانید.",
    "The lines are marked, and can be copied.": "سطرها انتخاب شده‌اند و می‌توان آن‌ها را کپی کرد.",

    # fields for answers
    "Answer field": "کادر پاسخ",
    "Check": "بررسی",
    "Is it right? The Enter key asks too": "درست است؟ کلید اینتر هم همین را می‌پرسد",
    "Is it right? Ctrl and Enter ask too": "درست است؟ کلیدهای کنترل و اینتر هم همین را می‌پرسند",
    "How close is it? The Enter key asks too": "چقدر نزدیک است؟ کلید اینتر هم همین را می‌پرسد",
    "hints": "راهنمایی‌ها",
    "Hint {n}": "راهنمایی {n}",
    "Show or hide hint {n} of {all}": "نمایش یا پنهان کردن راهنمایی {n} از {all}",
    "Copy": "کپی",
    "Copy the line {name} = … for the cell": "کپی سطر {name} = … برای سلول",
    "Copied: {line}": "کپی شد: {line}",
    "This page may not copy. The line for the cell is {line}": "این صفحه اجازهٔ کپی ندارد. سطر سلول این است: {line}",
    "Nothing is counted; it closes again": "هیچ امتیازی کم نمی‌شود؛ دوباره هم بسته می‌شود",
    "No answer from Python: reading and checking need a running kernel that is not busy. Run the cell again.":
        "پایتون پاسخ نمی‌دهد: خواندن و بررسی به کرنلی روشن نیاز دارد که مشغول نباشد. سلول را دوباره اجرا کنید.",
    "Python is checking …": "پایتون در حال بررسی است …",
    "the formula as it is read": "فرمول، آن‌طور که خوانده می‌شود",
    "The formula appears here as it is read, while you type it.":
        "هنگام نوشتن، فرمول آن‌طور که خوانده می‌شود این‌جا پیدا می‌شود.",
    "The formula can be read.": "فرمول خوانا است.",
    "the lines as they are read": "سطرها، آن‌طور که خوانده می‌شوند",
    "As it is read:": "آن‌طور که خوانده می‌شود:",
    "One line for each step, as on paper; they appear here as they are read.":
        "هر گام در سطری جدا، مثل روی کاغذ؛ سطرها آن‌طور که خوانده می‌شوند این‌جا پیدا می‌شوند.",

    # questions
    "Question": "پرسش",
    "What is {goal}?": "{goal} برابر با چیست؟",
    "Derive {goal}, line by line.": "{goal} را سطر به سطر به دست آورید.",
    "Your formula": "فرمول شما",
    "Your derivation": "راه شما",
    "Your choice": "انتخاب شما",
    "Your guess": "حدس شما",
    "Open the answer": "نمایش پاسخ",
    "Open the derivation": "نمایش راه حل",
    "Run this notebook to try an answer of your own here.": "برای آزمودن پاسخ خودتان، این دفترچه را اجرا کنید.",
    "Your lines": "سطرهای شما",
    "The machine's lines": "سطرهای ماشین",
    "Guess a number from {low} to {high}.": "عددی از {low} تا {high} حدس بزنید.",

    # the steps of a derivation: rules
    "slope": "شیب",
    "weighted sum": "مجموع وزن‌دار",
    "chain rule": "قاعدهٔ زنجیری",
    "several paths": "چند مسیر",
    "substitution": "جای‌گذاری",
    "error term": "جملهٔ خطا",
    "by value": "با مقدار",
    "cancellation": "ساده شدن",
    "targets add up to 1": "پاسخ‌های درستی که جمعشان یک باشد",
    "gradient": "گرادیان",
    "batch": "دسته",
    "local derivative": "مشتق موضعی",
    "put in": "نوشتن در جای خود",
    "by definition": "بنا به تعریف",
    "distribution": "پخش‌پذیری",
    "common factors": "فاکتورگیری",

    # the steps of a derivation: sentences
    "How the cost of a sample changes with one output.": "تغییر هزینهٔ یک نمونه با تغییر یک خروجی.",
    "The second factor is the slope of the activation.": "عامل دوم شیب تابع فعال‌سازی است.",
    "A weighted sum reaches the cost through the output of its own unit alone.":
        "مجموع وزن‌دار فقط از راه خروجی نورون خودش به هزینه می‌رسد.",
    "Both factors are known.": "هر دو عامل معلوم‌اند.",
    "The error term of a unit, ready to be used.": "δ یک نورون، آماده برای استفاده.",
    "The last factor: what the parameter is multiplied by.": "عامل آخر: آنچه پارامتر در آن ضرب می‌شود.",
    "The parameter moves the weighted sum, that moves the output, and that moves the cost.":
        "پارامتر مجموع وزن‌دار را تغییر می‌دهد، آن خروجی را، و خروجی هزینه را.",
    "All the factors are known.": "همهٔ عامل‌ها معلوم‌اند.",
    "Every sum is written out and every δ put in.": "هر مجموع کامل نوشته شده و هر δ جای‌گذاری شده است.",
    "The first factors are the error term of the unit.": "عامل‌های نخست δ نورون‌اند.",
    "The weight says how strongly the unit is heard.": "وزن می‌گوید صدای نورون چقدر بلند شنیده می‌شود.",
    "Every unit that hears this one passes part of the change on.":
        "هر نورونی که این یکی را می‌شنود بخشی از تغییر را به جلو می‌برد.",
    "The error terms that were found before come back, weighted by the connections.":
        "δهایی که پیش‌تر به دست آمده‌اند برمی‌گردند، هر یک ضرب در وزن اتصال.",
    "Each sample has outputs and error terms of its own.": "هر نمونه خروجی‌ها و δهای خودش را دارد.",
    "The gradient that a step of learning uses.": "گرادیانی که هر گام یادگیری به کار می‌برد.",
    "Raising one weighted sum raises its own output and lowers all others.":
        "افزایش یک مجموع وزن‌دار خروجی خودش را بالا می‌برد و بقیه را پایین.",
    "One weighted sum reaches the cost through every output of the layer.":
        "یک مجموع وزن‌دار از راه همهٔ خروجی‌های لایه به هزینه می‌رسد.",
    "The sum over the outputs, carried out.": "مجموع روی خروجی‌ها، محاسبه‌شده.",
    "The targets of each sample add up to 1.": "پاسخ‌های درست هر نمونه چنان‌اند که جمعشان یک باشد.",
    "The parameter reaches the cost through its own weighted sum.":
        "پارامتر از راه مجموع وزن‌دار خودش به هزینه می‌رسد.",
    "The forward pass has already computed what is needed.": "آنچه لازم است در گذر رو به جلو محاسبه شده است.",
    "So the error term needs no new function.": "پس δ تابع تازه‌ای لازم ندارد.",
    "Both factors, written with the output and the target.": "هر دو عامل، نوشته‌شده با خروجی و پاسخ درست.",
    "What the loss divides by, the slope multiplies by.": "زیان بر همان چیزی تقسیم می‌کند که شیب در آن ضرب می‌کند.",
    "The cost depends on it directly: differentiate the equation of the cost, everything else in it held fixed.":
        "هزینه مستقیم به آن وابسته است: از معادلهٔ هزینه مشتق بگیرید و هر چیز دیگر را در آن ثابت نگه دارید.",
    "Differentiate one equation with respect to one entry in it, everything else held fixed.":
        "از یک معادله نسبت به یکی از درایه‌هایش مشتق بگیرید و هر چیز دیگر را ثابت نگه دارید.",
    "Differentiate a = g(z): how steep the activation is at z.":
        "از a = g(z) مشتق بگیرید: شیب تابع فعال‌سازی در z.",
    "The equation is a sum of products: what stays is the factor that the variable is multiplied by.":
        "معادله مجموعی از حاصل‌ضرب‌هاست: عاملی می‌ماند که در متغیر ضرب شده است.",
    "A change passes through what is computed from it; along one path its factors multiply.":
        "هر تغییر از آنچه با آن محاسبه می‌شود می‌گذرد؛ در طول یک مسیر عامل‌ها در هم ضرب می‌شوند.",
    "A change that is used in several places reaches the cost along several paths; they add up.":
        "تغییر کمیتی که در چند جا به کار رفته است از چند مسیر به هزینه می‌رسد؛ سهم مسیرها با هم جمع می‌شود.",
    "Put in what the steps before have found.": "آنچه را گام‌های پیش به دست داده‌اند جای‌گذاری کنید.",
    "Write a derivative that is needed here alone in its place.":
        "مشتقی را که فقط این‌جا لازم است در جای خود بنویسید.",
    "Factors above and below a fraction cancel.": "عامل‌های صورت و مخرج کسر با هم ساده می‌شوند.",
    "A sum that has a name is written by that name, and what is left is 0.":
        "مجموعی که نام دارد با نامش نوشته می‌شود و آنچه می‌ماند صفر است.",
    "Write it with the values that the forward pass has already computed.":
        "آن را با مقدارهایی بنویسید که گذر رو به جلو محاسبه کرده است.",
    "Multiply out, term by term.": "پرانتز را باز کنید، جمله به جمله.",
    "What all terms share is put in front.": "از آنچه میان همهٔ جمله‌ها مشترک است فاکتور بگیرید.",

    # a gradient check
    "parameter": "پارامتر",
    "verdict": "نتیجه",
    "reference": "مرجع دست‌نویس",
    "complex step": "گام مختلط",
    "finite difference": "تفاضل متناهی",
    "entries": "درایه‌ها",
    "all": "همه",
    "passed": "پذیرفته",
    "FAILED": "ردشده",
    "Your gradient passed": "گرادیان شما پذیرفته شد",
    "The derived gradient passed": "گرادیان به‌دست‌آمده پذیرفته شد",
    "Your gradient FAILED": "گرادیان شما رد شد",
    "The derived gradient FAILED": "گرادیان به‌دست‌آمده رد شد",
    "Whether your gradient is right cannot be decided here": "این‌جا نمی‌توان گفت که گرادیان شما درست است یا نه",
    "Whether the derived gradient is right cannot be decided here":
        "این‌جا نمی‌توان گفت که گرادیان به‌دست‌آمده درست است یا نه",
    "Differences to three others, as a part of each array's largest entry:":
        "تفاوت با سه گرادیان دیگر، نسبت به بزرگ‌ترین درایهٔ هر آرایه:",
    "Differences to three other gradients, as a part of each array's largest entry":
        "تفاوت با سه گرادیان دیگر، نسبت به بزرگ‌ترین درایهٔ هر آرایه",

    # what is found about an answer
    "Right": "درست",
    "Not yet": "هنوز نه",
    "Close": "نزدیک",
    "Not close": "دور",
    "Cannot be decided": "تصمیم‌پذیر نیست",
    "Cannot be read": "خوانا نیست",
    "Nothing here yet": "هنوز چیزی این‌جا نیست",
    "follows": "نتیجه می‌شود",
    "does not follow": "نتیجه نمی‌شود",
    "cannot be decided": "تصمیم‌پذیر نیست",
    "cannot be read": "خوانا نیست",
    "remark": "توضیح",
    "Write an answer first, or open it.": "اول پاسخی بنویسید، یا پاسخ را ببینید.",
    "One formula is expected: write it as on paper, in plain text or LaTeX.":
        "انتظار فرمولی تنها می‌رود: آن را مثل روی کاغذ بنویسید، به صورت متن ساده یا لاتک.",
    "It is equal, and it still contains {derivative}.": "برابر است، و هنوز {derivative} در آن مانده است.",
    "Every line is right, and {goal} is not reached yet.": "همهٔ سطرها درست‌اند، و هنوز به {goal} نرسیده‌اید.",
    "An answer is the letter of an option: {letters}.": "پاسخ حرف یکی از گزینه‌هاست: {letters}.",
    "That is right.": "درست است.",
    "That is it.": "دقیقاً همین است.",
    "It is {number}.": "برابر است با {number}.",
    "Your guess is {distance} too high.": "حدس شما {distance} بیشتر است.",
    "Your guess is {distance} too low.": "حدس شما {distance} کمتر است.",

    # texts
    "this course": "این دوره",
    "Source A, the encyclopedia article in Persian": "منبع A، مقالهٔ دانشنامهٔ فارسی",
    "Source B, the simplest explanation of the backprop equation": "منبع B، ساده‌ترین توضیح معادلهٔ پس‌انتشار",
    "Source C, the book chapter with the 2–2–1 network": "منبع C، فصلی از یک کتاب با شبکهٔ ۲–۲–۱",
    "Source D, the article on the maths behind it": "منبع D، مقاله‌ای دربارهٔ ریاضیات پس‌انتشار",
    "Nielsen, Neural Networks and Deep Learning": "نیلسن، Neural Networks and Deep Learning",
    "Bishop, Pattern Recognition and Machine Learning, 5.3": "بیشاپ، Pattern Recognition and Machine Learning، ۵٫۳",
    "Goodfellow, Bengio and Courville, Deep Learning, 6.5": "گودفلو، بنجیو و کورویل، Deep Learning، ۶٫۵",
    "CS231n, Deep Learning for Computer Vision": "CS231n، Deep Learning for Computer Vision",
    "Ng, Machine Learning (2011)": "انگ، Machine Learning (۲۰۱۱)",
    "Ng, Deep Learning specialisation": "انگ، Deep Learning specialisation",
    "3Blue1Brown, Neural networks": "3Blue1Brown، Neural networks",
    "Prince, Understanding Deep Learning": "پرینس، Understanding Deep Learning",
    "Dive into Deep Learning": "Dive into Deep Learning",
}
