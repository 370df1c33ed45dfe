package bot

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// MaxText is the most bytes of UTF-8 in one text: the platform refuses more than 2,048 (code 45002), and some are left for what it adds.
const MaxText = 2000

// between separates the texts of one reply.
const between = "\n\n"

// breaks are the places where a single text that is too long may be cut, best first: lines, then ends of sentences (full-width and ASCII), then spaces.
var breaks = []string{"\n", "\u3002\uff01\uff1f\uff1b!?;", "\uff0c\u3001, "}

// reLink is what must not be cut: a link with its words, and a bare address.
var reLink = regexp.MustCompile(`(?s)<a\s.*?</a>|https?://[!-~]+`)

// pack puts texts, in order, into as few messages of at most limit bytes as their order allows. A text is kept whole when it fits into a message; a
// longer one is cut at a line, a sentence or a comma, and between two characters when it has none. list, the printed options of a question, stays in one
// message with the end of its text. Empty texts are dropped.
func pack(says []string, list string, limit int) []string {
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
		parts := split(say, list, limit)
		out = append(out, parts[:len(parts)-1]...)
		open = parts[len(parts)-1]
	}
	if open != "" {
		out = append(out, open)
	}
	return out
}

// split cuts one text into pieces of at most limit bytes, without parting the list. A list that takes half a message is cut like other text.
func split(text, list string, limit int) []string {
	i := strings.LastIndex(text, list)
	if list == "" || i <= 0 || len(text) <= limit || len(text)-i >= limit/2 {
		return pieces(text, limit)
	}
	parts := pieces(strings.TrimSpace(text[:i]), limit)
	last, room := parts[len(parts)-1], limit-len("\n")-len(text[i:])
	parts = parts[:len(parts)-1]
	for len(last) > room {
		at := cut(last, min(2*(len(last)-room), len(last)-1))
		if l := linkAt(reLink.FindAllStringIndex(last, -1), at); l != nil {
			at = l[1]
		}
		parts = append(parts, strings.TrimSpace(last[:at]))
		last = strings.TrimSpace(last[at:])
	}
	return append(parts, strings.TrimSpace(last+"\n"+text[i:]))
}

// pieces cuts one text into pieces of at most limit bytes.
func pieces(text string, limit int) []string {
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

// cut finds the best place to cut within the first limit bytes, in the second half where possible so that pieces do not get tiny, and in no link unless
// it begins the text.
func cut(text string, limit int) int {
	links := reLink.FindAllStringIndex(text, -1)
	end := whole(text, limit)
	if l := linkAt(links, end); l != nil && l[0] > 0 {
		end = l[0]
	}
	head := text[:end]
	for _, chars := range breaks {
		for i := strings.LastIndexAny(head, chars); i >= len(head)/2; i = strings.LastIndexAny(head[:i], chars) {
			_, size := utf8.DecodeRuneInString(head[i:])
			if linkAt(links, i+size) == nil {
				return i + size
			}
			if i == 0 {
				break
			}
		}
	}
	return end
}

// linkAt is the link that a cut at a place would part, nil when there is none.
func linkAt(links [][]int, at int) []int {
	for _, l := range links {
		if l[0] < at && at < l[1] {
			return l
		}
	}
	return nil
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
