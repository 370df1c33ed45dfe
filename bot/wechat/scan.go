package wechat

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// errShape is the one error of reading a body.
var errShape = errors.New("wechat: body is not understood")

// Limits of a body. Sources: what the platforms send stays far below them.
const (
	maxFields = 200
	maxDepth  = 16
	maxName   = 64
)

// field is one element of a body: text, or the raw inside of a nested element. It lives in the body's own bytes.
type field struct {
	name, value []byte
	nested      bool
}

// fields is a body in its order. The first of a name counts.
type fields []field

// text returns a field as clean text, "" when it is missing or nested.
func (f fields) text(name string) string {
	for i := range f {
		if string(f[i].name) == name && !f[i].nested {
			return tidy(string(f[i].value))
		}
	}
	return ""
}

// raw returns the inside of a nested element, nil when it is missing.
func (f fields) raw(name string) []byte {
	for i := range f {
		if string(f[i].name) == name && f[i].nested {
			return f[i].value
		}
	}
	return nil
}

// header says which elements stand before everything that a doctor can type. They end at their first end tag; every
// other one ends at its last, because the platform does not escape "]]>" in what was typed.
func header(name []byte) bool {
	switch string(name) {
	case "ToUserName", "FromUserName", "CreateTime", "MsgType", "Event":
		return true
	}
	return false
}

// read reads a body of either data format, told apart by its first byte. What it returns lives in the body's bytes.
func read(body []byte) (fields, error) {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	body = bytes.Trim(body, " \t\r\n")
	if len(body) == 0 {
		return nil, errShape
	}
	if body[0] == '{' {
		return readJSON(body)
	}
	return readXML(body)
}

// readXML reads <xml> with its direct children. Declarations, comments, attributes and DOCTYPE are refused.
func readXML(body []byte) (fields, error) {
	inner, ok := bytes.CutPrefix(body, []byte("<xml>"))
	if !ok {
		return nil, errShape
	}
	inner, ok = bytes.CutSuffix(inner, []byte("</xml>"))
	if !ok {
		return nil, errShape
	}
	return elements(inner, true)
}

// elements reads a run of elements. With typed set, values may hold what a person typed and the rule of header applies;
// otherwise every element ends at its first end tag, so that names may repeat.
func elements(b []byte, typed bool) (fields, error) {
	out := make(fields, 0, 12)
	for {
		b = bytes.TrimLeft(b, " \t\r\n")
		if len(b) == 0 {
			return out, nil
		}
		if len(out) == maxFields {
			return nil, errShape
		}
		e, rest, err := element(b, typed)
		if err != nil {
			return nil, err
		}
		out, b = append(out, e), rest
	}
}

// element reads one element at the start of b.
func element(b []byte, typed bool) (field, []byte, error) {
	name, b, empty, ok := startTag(b)
	if !ok {
		return field{}, nil, errShape
	}
	if empty {
		return field{name: name}, b, nil
	}
	last := typed && !header(name)
	trimmed := bytes.TrimLeft(b, " \t\r\n")
	if inner, ok := bytes.CutPrefix(trimmed, []byte("<![CDATA[")); ok {
		value, rest, ok := until(inner, name, true, last)
		if !ok {
			return field{}, nil, errShape
		}
		if split := []byte("]]]]><![CDATA[>"); bytes.Contains(value, split) {
			value = bytes.ReplaceAll(value, split, []byte("]]>"))
		}
		return field{name: name, value: value}, rest, nil
	}
	if end := max(bytes.IndexByte(b, '<'), 0); closes(b[end:], name) {
		return field{name: name, value: unescape(b[:end])}, b[end+len(name)+3:], nil
	}
	inner, rest, ok := until(b, name, false, last)
	if !ok || !shallow(inner) {
		return field{}, nil, errShape
	}
	return field{name: name, value: inner, nested: true}, rest, nil
}

// startTag reads <name> or <name/>.
func startTag(b []byte) (name, rest []byte, empty, ok bool) {
	if len(b) < 3 || b[0] != '<' {
		return nil, nil, false, false
	}
	n := 1
	for n < len(b) && n <= maxName && nameByte(b[n], n == 1) {
		n++
	}
	name, after := b[1:n], bytes.TrimLeft(b[n:], " ")
	if len(name) == 0 {
		return nil, nil, false, false
	}
	if rest, ok := bytes.CutPrefix(after, []byte(">")); ok {
		return name, rest, false, true
	}
	rest, ok = bytes.CutPrefix(after, []byte("/>"))
	return name, rest, true, ok
}

func nameByte(c byte, first bool) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
		return true
	}
	return !first && ('0' <= c && c <= '9' || c == '-' || c == '.')
}

// closes tells whether b begins with the end tag of name.
func closes(b, name []byte) bool {
	n := len(name)
	return len(b) >= n+3 && b[0] == '<' && b[1] == '/' && b[n+2] == '>' && bytes.Equal(b[2:n+2], name)
}

// until finds the first or the last end tag of name; within CDATA only one that follows the end of a section counts.
func until(b, name []byte, cdata, last bool) (value, rest []byte, ok bool) {
	find := bytes.Index
	if last {
		find = bytes.LastIndex
	}
	for from, to := 0, len(b); ; {
		tag := find(b[from:to], []byte("</"))
		if tag < 0 {
			return nil, nil, false
		}
		tag += from
		value, ok = b[:tag], closes(b[tag:], name)
		if ok && cdata {
			value, ok = bytes.CutSuffix(value, []byte("]]>"))
		}
		switch {
		case ok:
			return value, b[tag+len(name)+3:], true
		case last:
			to = tag
		default:
			from = tag + 2
		}
	}
}

// shallow counts how deep tags are nested; it need not be well-formed, nothing is taken from it but by elements.
func shallow(b []byte) bool {
	depth := 1
	for {
		i := bytes.IndexByte(b, '<')
		if i < 0 || i+1 == len(b) {
			return true
		}
		b = b[i+1:]
		switch {
		case b[0] == '/':
			depth--
		case b[0] == '!':
			_, after, ok := bytes.Cut(b, []byte("]]>"))
			if !ok {
				return true
			}
			b = after
		case nameByte(b[0], true):
			if depth++; depth > maxDepth {
				return false
			}
		}
	}
}

// unescape resolves the predefined and numeric entities; any other stays as it is, since none can be declared.
func unescape(b []byte) []byte {
	if bytes.IndexByte(b, '&') < 0 {
		return b
	}
	var out []byte
	for {
		i := bytes.IndexByte(b, '&')
		j := bytes.IndexByte(b[max(i, 0):], ';')
		if i < 0 || j < 0 {
			return append(out, b...)
		}
		out = append(out, b[:i]...)
		out = append(out, entity(string(b[i+1:i+j]))...)
		b = b[i+j+1:]
	}
}

func entity(name string) string {
	switch name {
	case "lt":
		return "<"
	case "gt":
		return ">"
	case "amp":
		return "&"
	case "quot":
		return `"`
	case "apos":
		return "'"
	}
	digits, base := strings.TrimPrefix(name, "#"), 10
	if hex, ok := strings.CutPrefix(name, "#x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if digits == name || err != nil {
		return "&" + name + ";"
	}
	return string(rune(n))
}

// tidy makes text fit to be kept: valid UTF-8, line ends as \n, no control characters but \n and \t.
func tidy(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	if !controls(s) {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case control(r):
			return -1
		}
		return r
	}, s)
}

// controls tells whether valid UTF-8 holds a character that tidy changes.
func controls(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c < 0x20 && c != '\n' && c != '\t' || c == 0x7f || c == 0xc2 && s[i+1] < 0xa0 {
			return true
		}
	}
	return false
}

func control(r rune) bool {
	return r < 0x20 && r != '\n' && r != '\t' || 0x7f <= r && r < 0xa0
}
