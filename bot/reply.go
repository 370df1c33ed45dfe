package bot

import (
	"strings"
	"unicode/utf8"
)

// MaxText is the most bytes of UTF-8 in one text: the platform refuses more than 2,048 (code 45002), and some are left for what it adds.
const MaxText = 2000

// between separates the texts of one reply.
const between = "\n\n"

// breaks are the places where a single text that is too long may be cut, best first: lines, then ends of sentences (full-width and ASCII), then spaces.
var breaks = []string{"\n", "\u3002\uff01\uff1f\uff1b!?;", "\uff0c\u3001, "}

// pack puts texts, in order, into as few messages of at most limit bytes as their order allows. A text is kept whole when it fits into a message; a
// longer one is cut at a line, a sentence or a comma, and between two characters when it has none. Empty texts are dropped.
func pack(says []string, limit int) []string {
	var out []string
	open := ""
	for _, say := range says {
		say = strings.TrimSpace(say)
		if say == "" {
			continue
		}
		if open != "" && len(open)+len(between)+len(say) <= limit {
			open += between + say
			continue
		}
		if open != "" {
			out = append(out, open)
		}
		parts := split(say, limit)
		out = append(out, parts[:len(parts)-1]...)
		open = parts[len(parts)-1]
	}
	if open != "" {
		out = append(out, open)
	}
	return out
}

// split cuts one text into pieces of at most limit bytes.
func split(text string, limit int) []string {
	var parts []string
	for len(text) > limit {
		at := cut(text, limit)
		if piece := strings.TrimSpace(text[:at]); piece != "" {
			parts = append(parts, piece)
		}
		text = strings.TrimSpace(text[at:])
	}
	return append(parts, text)
}

// cut finds the best place to cut within the first limit bytes, in the second half where possible so that pieces do not get tiny.
func cut(text string, limit int) int {
	head := text[:whole(text, limit)]
	for _, chars := range breaks {
		if i := strings.LastIndexAny(head, chars); i >= len(head)/2 {
			_, size := utf8.DecodeRuneInString(head[i:])
			return i + size
		}
	}
	return len(head)
}

// whole is the largest length of at most limit bytes that ends between two characters; at least one character is taken.
func whole(text string, limit int) int {
	for i := limit; i > 0; i-- {
		if utf8.RuneStart(text[i]) {
			return i
		}
	}
	_, size := utf8.DecodeRuneInString(text)
	return size
}
