"""Tables that leave the house, and tables that come in.

``columns``    what a row of an export can say
``lists``      the lists that can be exported: which rows, in which order, asked how
``tables``     CSV and XLSX to a file, whole or not at all
``exports``    a job that writes an export
``uploads``    what somebody sent: bounded, checked for being what it says it is
``imports``    a job that looks a file through, and, once confirmed, brings it in
``refusals``   the lines that were refused, to mend and send again
``templates``  the files to fill in
``working``    the worker that takes the jobs
``clearing``   what is over is thrown away
"""

# The room on the shelf, and the number of rows up to which an export is made while the person waits.
ROOM = "exchange"
AT_ONCE = 5_000
# What a page takes in.
MOST_BYTES = 30 * 1024 * 1024
MOST_ROWS = 200_000
TOO_BIG = f"文件超过{MOST_BYTES // 1024 // 1024}MB，请分成几个文件"
TOO_MANY_ROWS = f"文件超过{MOST_ROWS:,}行，请分成几个文件"
NO_SPACE = "存储空间不足，没有完成。请稍后再试，仍不成功请联系系统管理员"
