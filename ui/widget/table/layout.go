package table

// layout chooses the columns that fit into width and gives each its width.
// Columns leave by their Drop number, the largest first; what is left over is
// shared among those that can take more, the first ones first.
func layout(columns []Column, width int) []laid {
	kept := make([]laid, 0, len(columns))
	for _, c := range columns {
		kept = append(kept, laid{c, c.Min})
	}
	for need(kept) > width {
		worst := -1
		for i, c := range kept {
			if c.Drop > 0 && (worst < 0 || c.Drop > kept[worst].Drop) {
				worst = i
			}
		}
		if worst < 0 {
			break
		}
		kept = append(kept[:worst], kept[worst+1:]...)
	}
	left := width - need(kept)
	if left < 0 { // the columns that stay give way from the right
		for i := len(kept) - 1; i >= 0 && left < 0; i-- {
			cut := min(kept[i].width-1, -left)
			kept[i].width -= cut
			left += cut
		}
		return kept
	}
	var first []*laid
	var others []*laid
	for i := range kept {
		if c := &kept[i]; c.First {
			first = append(first, c)
		} else {
			others = append(others, c)
		}
	}
	share(others, left-share(first, left))
	return kept
}

// share hands left columns of room to those that can take more, in
// proportion to how much more they could take. It gives how much was taken.
func share(kept []*laid, left int) int {
	want := 0
	for _, c := range kept {
		want += max(c.Max-c.width, 0)
	}
	if want == 0 || left <= 0 {
		return 0
	}
	given := 0
	for i := range kept {
		more := max(kept[i].Max-kept[i].width, 0)
		add := min(more, left*more/want)
		kept[i].width += add
		given += add
	}
	for i := range kept { // the remainder of the division
		if given >= left {
			break
		}
		if kept[i].width < kept[i].Max {
			kept[i].width++
			given++
		}
	}
	return given
}

func need(kept []laid) int {
	sum := max(len(kept)-1, 0) * gap
	for _, c := range kept {
		sum += c.width
	}
	return sum
}
