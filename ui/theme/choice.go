package theme

import (
	"fmt"
	"strings"
)

// Choice is which looks a user wants.
type Choice int

// The choices. Whatever is chosen, a terminal without colours gets none, and
// one with sixteen gets its own sixteen.
const (
	// Auto follows the terminal's background and its colours.
	Auto Choice = iota
	// Dark and Light are for backgrounds that the terminal does not tell.
	Dark
	Light
	// HighContrast has a contrast of 7 to 1 and more, on the background that
	// the terminal tells.
	HighContrast
	// Basic uses the terminal's own sixteen colours.
	Basic
	// Plain uses no colour, but bold, faint and reverse.
	Plain
)

// Choices are the names of the choices, in their order.
func Choices() []string { return []string{"auto", "dark", "light", "high-contrast", "basic", "none"} }

// ParseChoice reads the name of a choice.
func ParseChoice(name string) (Choice, error) {
	for i, known := range Choices() {
		if name == known {
			return Choice(i), nil
		}
	}
	return Auto, fmt.Errorf("it is one of %s", strings.Join(Choices(), ", "))
}
