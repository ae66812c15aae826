"""How much of a workbook is taken, and the sentence for each bound. No Django here: the child process reads this."""

CPU_SECONDS = 20
WALL_SECONDS = 90  # a busy machine is slow, not hostile
MEMORY_BYTES = 512 * 1024 * 1024
UNPACKED_BYTES = 50 * 1024 * 1024
ENTRIES = 200
ROWS = 20_000
COLUMNS = 100
CELL_CHARACTERS = 32_767  # what one cell of Excel can hold
SHEETS = 50
MERGED_RANGES = 60_000
FILE_BYTES = 20 * 1024 * 1024

CANNOT_READ = "文件无法读取，可能已损坏或不是 Excel 工作簿。请用 Excel 或 WPS 打开，另存为 xlsx 后再传。"
TOO_SLOW = f"读取这个文件用时超过{CPU_SECONDS}秒，已停止。请只保留要导入的工作表，删去图片和多余格式后再传。"
TOO_MUCH_MEMORY = f"读取这个文件占用内存超过{MEMORY_BYTES // 1024 // 1024}MB，已停止。请只保留要导入的工作表，删去图片和多余格式后再传。"
TOO_LARGE_FILE = f"文件超过{FILE_BYTES // 1024 // 1024}MB。请删去图片，只保留要导入的工作表后再传。"
TOO_LARGE_UNPACKED = (
    f"文件解压后超过{UNPACKED_BYTES // 1024 // 1024}MB，不能读取。请删去图片和多余的空白行列格式后再传。"
)
TOO_MANY_ENTRIES = f"文件内部的部件超过{ENTRIES}个，不像是台账。请只保留要导入的工作表，另存为 xlsx 后再传。"
TOO_MANY_ROWS = f"工作表“{{sheet}}”超过{ROWS}行，请分成几个文件导入。"
TOO_MANY_COLUMNS = (
    f"工作表“{{sheet}}”第{{row}}行在第{COLUMNS}列之后还有内容，台账最多{COLUMNS}列。请删去多余的列后再传。"
)
TOO_MANY_SHEETS = f"工作簿超过{SHEETS}个工作表，请只保留要导入的工作表后再传。"
TOO_MANY_MERGED = "合并单元格过多，不能读取。请取消不需要的合并后再传。"
