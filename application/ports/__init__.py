"""What the use cases need from outside, as protocols; infra fulfils them, bootstrap joins the two."""
