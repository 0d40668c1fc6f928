"""Evidence: photos and papers with a ticket, from an untrusted file to one that is safe to keep and to show.

``receiving``   what the web server takes in: to the disk, bounded
``names``       what a file may be called
``darkroom``    the program that decodes a picture and writes it anew, apart from everything else
``developing``  sends a file there, or looks at a PDF; the sentences of refusal
``shelf``       the files on the disk: never half, never without a row for long
``tray``        what lies ready in a form and is not sent yet
``display``     what a page shows of it
"""

MOST_FILES = 7
MOST_BYTES = 5 * 1024 * 1024
LIMIT_SENTENCE = "图片最多7张，单张不超过5MB"
NO_SPACE_SENTENCE = "存储空间不足，请稍后再试"
