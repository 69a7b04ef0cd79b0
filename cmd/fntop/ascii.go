package main

import (
	"io"
	"strings"
)

// plainText is text of this program in ASCII where that is wanted.
func (g *globals) plainText(text string) string {
	if !g.ascii {
		return text
	}
	return inASCII(text)
}

// inASCII writes the signs that this program uses in text in ASCII.
func inASCII(text string) string {
	return strings.NewReplacer("–", "-", "—", "-", "·", "-", "≥", ">=", "±", "+-", "Δ", "change", "×", "x", "…", "...").Replace(text)
}

// asciiWriter writes what it is given in ASCII, whole texts at a time.
type asciiWriter struct{ out io.Writer }

// Write takes a text as a whole.
func (w asciiWriter) Write(text []byte) (int, error) {
	if _, err := io.WriteString(w.out, inASCII(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}
