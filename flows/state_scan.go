package flows

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/vrep/vrep/flows/cond"
)

// stateReader walks through a text. Texts within it are parts of it, not copies. odd tells that it met something that it leaves to encoding/json.
type stateReader struct {
	s     string
	i     int
	odd   bool
	plain bool // no escapes: a text ends at the next quote
	depth int  // frames within frames
}

func newStateReader(data []byte) *stateReader {
	s := string(data)
	return &stateReader{s: s, plain: strings.IndexByte(s, '\\') < 0}
}

// lead passes what is usually written, if it stands here.
func (r *stateReader) lead(s string) bool {
	if !strings.HasPrefix(r.s[r.i:], s) {
		return false
	}
	r.i += len(s)
	return true
}

// peek is the next sign that is no white space, 0 at the end.
func (r *stateReader) peek() byte {
	if r.i < len(r.s) && r.s[r.i] > ' ' {
		return r.s[r.i]
	}
	r.space()
	if r.i < len(r.s) {
		return r.s[r.i]
	}
	return 0
}

func (r *stateReader) space() {
	for r.i < len(r.s) && (r.s[r.i] == ' ' || r.s[r.i] == '\n' || r.s[r.i] == '\t' || r.s[r.i] == '\r') {
		r.i++
	}
}

// take passes a sign; anything else there is odd.
func (r *stateReader) take(c byte) bool {
	if r.odd || r.peek() != c {
		r.odd = true
		return false
	}
	r.i++
	return true
}

// object reads members with keys of one letter, in the order in which they are written, each at most once.
func (r *stateReader) object(keys string, member func(key byte)) {
	if !r.take('{') {
		return
	}
	if r.peek() == '}' {
		r.i++
		return
	}
	if keys = r.member(keys, member); !r.odd {
		r.members(keys, member)
	}
}

// members reads what follows the first member.
func (r *stateReader) members(keys string, member func(key byte)) {
	for !r.odd {
		if r.peek() == '}' {
			r.i++
			return
		}
		r.take(',')
		keys = r.member(keys, member)
	}
}

// member reads one member and returns the keys that may follow.
func (r *stateReader) member(keys string, member func(key byte)) string {
	name := r.key()
	at := strings.IndexByte(keys, name)
	if at < 0 {
		r.odd = true
		return ""
	}
	member(name)
	return keys[at+1:]
}

// key reads a key of one letter with its colon; 0 stands for anything else.
func (r *stateReader) key() byte {
	if rest := r.s[r.i:]; len(rest) > 3 && rest[0] == '"' && rest[2] == '"' && rest[3] == ':' {
		r.i += 4
		return rest[1]
	}
	name := r.text()
	if r.odd || len(name) != 1 || !r.take(':') {
		return 0
	}
	return name[0]
}

// items reads a list; n is how many to make room for.
func items[T any](r *stateReader, n int, item func(*T)) []T {
	if !r.take('[') {
		return nil
	}
	out := make([]T, 0, n)
	if r.peek() == ']' {
		r.i++
		return out
	}
	for !r.odd {
		var x T
		out = append(out, x)
		item(&out[len(out)-1])
		if r.peek() == ']' {
			r.i++
			return out
		}
		r.take(',')
	}
	return out
}

// texts appends a list of texts.
func (r *stateReader) texts(to []string) []string {
	if !r.take('[') {
		return nil
	}
	if r.peek() == ']' {
		r.i++
		return to
	}
	for !r.odd {
		to = append(to, r.text())
		if r.peek() == ']' {
			r.i++
			return to
		}
		r.take(',')
	}
	return to
}

// text reads a string; escapes are left to encoding/json.
func (r *stateReader) text() string {
	if !r.take('"') {
		return ""
	}
	start := r.i
	if r.plain {
		n := strings.IndexByte(r.s[start:], '"')
		if n < 0 {
			r.odd = true
			return ""
		}
		r.i += n + 1
		return r.s[start : start+n]
	}
	for ; r.i < len(r.s); r.i++ {
		switch c := r.s[r.i]; {
		case c == '"':
			r.i++
			return r.s[start : r.i-1]
		case c == '\\':
			return r.escaped(start)
		case c < ' ':
			r.odd = true
			return ""
		}
	}
	r.odd = true
	return ""
}

func (r *stateReader) escaped(start int) (s string) {
	for ; r.i < len(r.s) && r.s[r.i] != '"'; r.i++ {
		if r.s[r.i] == '\\' {
			r.i++
		}
	}
	if r.i >= len(r.s) || json.Unmarshal([]byte(r.s[start-1:r.i+1]), &s) != nil {
		r.odd = true
		return ""
	}
	r.i++
	return s
}

func (r *stateReader) int() int64 {
	n, err := strconv.ParseInt(r.literal(), 10, 64)
	r.odd = r.odd || err != nil
	return n
}

// literal is a number or a word, up to the next sign of the structure.
func (r *stateReader) literal() string {
	r.space()
	start := r.i
	for r.i < len(r.s) && r.s[r.i] != ',' && r.s[r.i] != '}' && r.s[r.i] != ']' && r.s[r.i] > ' ' {
		r.i++
	}
	s := r.s[start:r.i]
	digits := strings.TrimPrefix(s, "-")
	if s == "" || s[0] == '+' || len(digits) > 1 && digits[0] == '0' && digits[1] != '.' && digits[1] != 'e' && digits[1] != 'E' {
		r.odd = true
	}
	return s
}

func (r *stateReader) bool() bool {
	s := r.literal()
	r.odd = r.odd || s != "true" && s != "false"
	return s == "true"
}

func (r *stateReader) value() Value {
	switch r.peek() {
	case '"':
		return cond.Text(r.text())
	case '[':
		var room [8]string
		return cond.List(r.texts(room[:0])...)
	case 't', 'f':
		return cond.Bool(r.bool())
	case 'n':
		r.odd = r.odd || r.literal() != "null"
		return cond.None()
	}
	start := r.i
	if s := r.literal(); len(s) < 16 && !r.odd {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return cond.Number(float64(n))
		}
	}
	var v Value
	if json.Unmarshal([]byte(r.s[start:r.i]), &v) != nil {
		r.odd = true
	}
	r.odd = r.odd || r.i == start
	return v
}

// other reads a member that is rare.
func (r *stateReader) other(into any) {
	r.space()
	dec := json.NewDecoder(strings.NewReader(r.s[r.i:]))
	if r.odd || dec.Decode(into) != nil {
		r.odd = true
		return
	}
	r.i += int(dec.InputOffset())
}
