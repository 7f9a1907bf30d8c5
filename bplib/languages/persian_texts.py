"""Persian: texts about exercises and answers, English template → Persian, with the same {places}."""

TEXTS = {
    "That is right.": "درست است.",
}
