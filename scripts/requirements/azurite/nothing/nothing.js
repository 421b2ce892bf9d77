// Nothing: README of tests/servers says why.
