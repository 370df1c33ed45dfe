package author

import (
	"fmt"
	"strings"
)

// LineDiff shows how two texts differ, line by line with two lines around each difference; "" when they are the same.
func LineDiff(name, old, now string) string {
	if old == now {
		return ""
	}
	a, b := strings.Split(strings.TrimSuffix(old, "\n"), "\n"), strings.Split(strings.TrimSuffix(now, "\n"), "\n")
	ops := script(a, b)
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", name, name)
	const around = 2
	last := -1
	for i := range ops {
		near := false
		for j := max(0, i-around); j <= min(len(ops)-1, i+around); j++ {
			near = near || ops[j][0] != ' '
		}
		if !near {
			continue
		}
		if i > last+1 {
			fmt.Fprintf(&out, "@@ %d @@\n", lineOf(ops, i))
		}
		out.WriteString(ops[i] + "\n")
		last = i
	}
	return out.String()
}

// lineOf is the line of the new text at which an operation stands.
func lineOf(ops []string, i int) int {
	n := 1
	for _, op := range ops[:i] {
		if op[0] != '-' {
			n++
		}
	}
	return n
}

// script is the shortest way from a to b: lines kept, taken out and put in. What both have at their ends is set aside first.
func script(a, b []string) []string {
	var head, tail []string
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		head, a, b = append(head, " "+a[0]), a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		tail, a, b = append([]string{" " + a[len(a)-1]}, tail...), a[:len(a)-1], b[:len(b)-1]
	}
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			head = append(head, " "+a[i])
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common[i+1][j] >= common[i][j+1]):
			head = append(head, "-"+a[i])
			i++
		default:
			head = append(head, "+"+b[j])
			j++
		}
	}
	return append(head, tail...)
}
