"""What people see and decide: sign-in, submissions and their reports, authorizations."""
