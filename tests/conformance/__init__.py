"""The thirty cases in which the acceptance tests of Terraform's AWS provider know what AWS does, for elbplan.

Each file is one case; the names of the provider's tests are in it. In every case an immediate second plan is empty,
and a destroy leaves nothing of the stack.
"""
