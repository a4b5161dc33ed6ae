"""Known wrong variants, mirroring the reference: the bank diagnoses with them and proves its checks on them."""
