package theme

// Glyphs are the signs that are drawn. Each is one column wide, but for Spark
// and the phases, which are sets of signs of one column each.
type Glyphs struct {
	ASCII bool

	Cursor     string // before the selected row
	Down, Up   string // sort directions
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

	Rule, Pipe string // horizontal and vertical rule
	// The corners of a box.
	BoxTopLeft, BoxTopRight, BoxLowLeft, BoxLowRight string
	// Tee and Corner lead to a child in a tree, Trunk passes one by.
	Tee, Corner, Trunk string
	// AxisTick, AxisEnd and AxisDown are the parts of the chart's axes.
	AxisTick, AxisEnd, AxisDown string

	// Spark are the heights of a sparkline, lowest first.
	Spark []string
	// SparkGap is a part of a sparkline that is not known.
	SparkGap string

	// BarOpen and BarClose bound a bar; BarInit, BarRun, BarFail and BarIdle
	// fill it.
	BarOpen, BarClose, BarInit, BarRun, BarFail, BarIdle string

	// Spinner are the frames of the one spinner.
	Spinner []string

	// Keys that have a sign of their own.
	Enter, KeyUp, KeyDown, KeyLeft, KeyRight string
}

func unicodeGlyphs() Glyphs {
	return Glyphs{
		Cursor: "▸", Down: "▾", Up: "▴", Live: "●", Held: "‖", Fail: "✗", Rise: "▲",
		Mark: "⚑", Good: "✓", Dot: "·", Ellipsis: "…", More: "›", Unknown: "–", Arrow: "→",
		Rule: "─", Pipe: "│", Tee: "├─", Corner: "└─", Trunk: "│ ",
		BoxTopLeft: "╭", BoxTopRight: "╮", BoxLowLeft: "╰", BoxLowRight: "╯",
		AxisTick: "┤", AxisEnd: "└", AxisDown: "┬",
		// Not the full block: lines of sparks above each other stay apart.
		Spark:    []string{"▁", "▂", "▃", "▄", "▅", "▆", "▇"},
		SparkGap: " ",
		BarOpen:  "▕", BarClose: "▏", BarInit: "┅", BarRun: "━", BarFail: "╳", BarIdle: "·",
		Spinner: []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"},
		Enter:   "↵", KeyUp: "↑", KeyDown: "↓", KeyLeft: "←", KeyRight: "→",
	}
}

func asciiGlyphs() Glyphs {
	return Glyphs{
		ASCII:  true,
		Cursor: ">", Down: "v", Up: "^", Live: "*", Held: "=", Fail: "x", Rise: "^",
		Mark: "!", Good: "+", Dot: "-", Ellipsis: "~", More: ">", Unknown: "-", Arrow: ">",
		Rule: "-", Pipe: "|", Tee: "|-", Corner: "`-", Trunk: "| ",
		BoxTopLeft: "+", BoxTopRight: "+", BoxLowLeft: "+", BoxLowRight: "+",
		AxisTick: "+", AxisEnd: "+", AxisDown: "+",
		Spark:    []string{"_", ".", ":", "-", "=", "+", "#"},
		SparkGap: " ",
		BarOpen:  "[", BarClose: "]", BarInit: ":", BarRun: "=", BarFail: "x", BarIdle: ".",
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
