"""An acceptance suite for a real AWS account: `make acceptance`, explained in docs/acceptance.md.

pytest collects nothing here. tests/e2e/test_acceptance.py runs the suite on the simulator and on moto.
"""
