"""The language model as a grader: what it is shown, what it may say, what of that is believed, and who has the last word."""
