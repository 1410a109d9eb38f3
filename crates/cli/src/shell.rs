//! Words for a shell: what is printed to be pasted.

/// As a POSIX shell takes it literally.
pub(crate) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn what_a_shell_would_act_on_is_quoted() {
        assert_eq!(quoted("p(95)<300"), "'p(95)<300'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("200/s"), "200/s");
        assert_eq!(quoted(""), "''");
    }
}
