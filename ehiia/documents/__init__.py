"""Documents made from frozen values: value in, bytes out, and back. No Flask, no database."""
