package theme

// Glyphs are the signs that are drawn. Each is one column wide, but for the
// branches of a tree, which are two.
type Glyphs struct {
	ASCII bool

	Cursor     string // before the selected row
	Down, Up   string // sort directions
	Folded     string // a group whose rows are hidden
	Unfolded   string // a group whose rows follow
	Ready      string // environments are prepared
	Live, Held string // live, paused
	Fail       string // an error, a fault
	Rise       string // unusually high
	Mark       string // a deploy
	Good       string // fine
	Dot        string // separates facts
	Ellipsis   string // text was cut
	More       string // a bar goes on beyond the edge
	Unknown    string // not known
	Arrow      string // leads to
	AtLeast    string // a sum of what is known
	PlusMinus  string // so much more or less
	Times      string // so many times as much

	Rule, Pipe string // horizontal and vertical rule
	// The corners of a box.
	BoxTopLeft, BoxTopRight, BoxLowLeft, BoxLowRight string
	// Tee and Corner lead to a child in a tree, Trunk passes one by.
	Tee, Corner, Trunk string
	// AxisTick is the value axis of a chart where it has a label.
	AxisTick string

	// Spark are the heights of a sparkline, lowest first.
	Spark []string
	// SparkGap is a part of a sparkline that is not known.
	SparkGap string

	// BarOpen and BarClose bound a bar; BarInit, BarRun and BarIdle fill it.
	BarOpen, BarClose, BarInit, BarRun, BarIdle string

	// Spinner are the frames of the one spinner.
	Spinner []string

	// Keys that have a sign of their own.
	Enter, KeyUp, KeyDown, KeyLeft, KeyRight string
}

func unicodeGlyphs() Glyphs {
	return Glyphs{
		Cursor: "▸", Down: "▾", Up: "▴", Folded: "▹", Unfolded: "▿", Ready: "↯", Live: "●", Held: "‖", Fail: "✗", Rise: "▲",
		Mark: "⚑", Good: "✓", Dot: "·", Ellipsis: "…", More: "›", Unknown: "–", Arrow: "→", AtLeast: "≥", PlusMinus: "±", Times: "×",
		Rule: "─", Pipe: "│", Tee: "├─", Corner: "└─", Trunk: "│ ",
		BoxTopLeft: "╭", BoxTopRight: "╮", BoxLowLeft: "╰", BoxLowRight: "╯",
		AxisTick: "┤",
		// Not the full block: lines of sparks above each other stay apart.
		Spark:    []string{"▁", "▂", "▃", "▄", "▅", "▆", "▇"},
		SparkGap: " ",
		BarOpen:  "▕", BarClose: "▏", BarInit: "┅", BarRun: "━", BarIdle: "·",
		Spinner: []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"},
		Enter:   "↵", KeyUp: "↑", KeyDown: "↓", KeyLeft: "←", KeyRight: "→",
	}
}

func asciiGlyphs() Glyphs {
	return Glyphs{
		ASCII:  true,
		Cursor: ">", Down: "v", Up: "^", Folded: "+", Unfolded: "-", Ready: "#", Live: "*", Held: "=", Fail: "x", Rise: "^",
		Mark: "!", Good: "+", Dot: "-", Ellipsis: "~", More: ">", Unknown: "-", Arrow: ">", AtLeast: ">", PlusMinus: "~", Times: "x",
		Rule: "-", Pipe: "|", Tee: "|-", Corner: "`-", Trunk: "| ",
		BoxTopLeft: "+", BoxTopRight: "+", BoxLowLeft: "+", BoxLowRight: "+",
		AxisTick: "+",
		Spark:    []string{"_", ".", ":", "-", "=", "+", "#"},
		SparkGap: " ",
		BarOpen:  "[", BarClose: "]", BarInit: ":", BarRun: "=", BarIdle: ".",
		Spinner: []string{"|", "/", "-", "\\"},
		Enter:   "enter", KeyUp: "up", KeyDown: "down", KeyLeft: "left", KeyRight: "right",
	}
}

// ChartSign is a sign that a chart has drawn, as it is written here: itself,
// or its like in ASCII.
func (g *Glyphs) ChartSign(sign string) string {
	if !g.ASCII {
		return sign
	}
	switch sign {
	case "─", "╴", "╶":
		return "-"
	case "│":
		return "|"
	case "╭", "╮":
		return "."
	case "╰":
		return "`"
	case "╯":
		return "'"
	}
	return sign
}
