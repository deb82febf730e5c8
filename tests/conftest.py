"""What all tests stand on."""

import signal

# A shell starts a background job with Ctrl-C ignored, and what the job starts inherits that: the
# tests that interrupt a program would wait for one that does not hear them.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
