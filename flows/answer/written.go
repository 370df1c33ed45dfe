package answer

import (
	"strings"
	"unicode/utf8"
)

// closed puts back the closing bracket that was cut off as the end of the whole text.
func closed(s string) string {
	for open, end := range map[string]string{"(": ")", "\uff08": "\uff09"} {
		if strings.Count(s, open) > strings.Count(s, end) {
			return s + end
		}
	}
	return s
}

// written takes the words that follow an option with free text, with its number before it or not. Words that name an option are none.
func (c *Choices) written(n string) (Reading, bool) {
	head, unmarked := c.cutMark(n)
	for _, nm := range c.names {
		if !c.opts[nm.opt].Text {
			continue
		}
		rest, ok := strings.CutPrefix(n, nm.text)
		if !ok && head == nm.opt {
			rest, ok = strings.CutPrefix(unmarked, nm.text)
		}
		if !ok || rest == "" {
			continue
		}
		first, size := utf8.DecodeRuneInString(rest)
		added, _ := c.r.bare(trimOuter(rest[size:]))
		if added == "" || !isPunct(first) && first != ' ' || c.byName(added) != nil {
			continue
		}
		rd := c.taken(nm.opt, "label")
		if !c.r.sets.unknown[added] && !c.r.sets.any[added] && !c.r.sets.yes[added] && !c.r.sets.no[added] {
			rd.Note = map[string]string{"text": added}
		}
		return rd, true
	}
	return Reading{}, false
}
