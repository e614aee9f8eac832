"""Modules that cannot be imported, each in its own way, and how long the doctor may try."""

from __future__ import annotations

LONG = 120.0
CANARY = "sk-canary-0123456789"
BREAK = {
    "raises": 'raise ValueError("no such\\nthing")',
    "is_silent": "class Odd(BaseException):\n def __str__(self): raise RuntimeError\nraise Odd",
    "exits": "import os; os._exit(7)",
    "leaves": "import sys; sys.exit(0)",
    "crashes": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
    "calls": "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)",
    "prints": "print('{}'); import os; os.write(1, b'{\"module\": \"raises\"}\\n')",
}
