"""Care of a data folder: checking it, making its copies anew, giving back disk space, counting, moving it elsewhere."""
