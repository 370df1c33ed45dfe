package sim

import (
	"bytes"
	"strconv"
)

// part is one field of a callback. A part with Parts is a group; Many marks
// one of several groups of the same name, which JSON writes as an array; Flat
// marks a group that only XML has.
type part struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty"`
	Bare  bool   `json:"bare,omitempty"` // a number: no CDATA, no quotes
	Parts []part `json:"parts,omitempty"`
	Many  bool   `json:"many,omitempty"`
	Flat  bool   `json:"flat,omitempty"`
}

func txt(name, value string) part { return part{Name: name, Value: value} }
func num(name string, n int64) part {
	return part{Name: name, Value: strconv.FormatInt(n, 10), Bare: true}
}
func digits(name, value string) part     { return part{Name: name, Value: value, Bare: true} }
func group(name string, in ...part) part { return part{Name: name, Parts: in} }
func many(name string, in ...part) part  { return part{Name: name, Parts: in, Many: true} }
func flat(name string, in ...part) part  { return part{Name: name, Parts: in, Flat: true} }

// encode writes a callback's plain text in the account's data format.
func encode(parts []part, format string) []byte {
	var b bytes.Buffer
	if format == FormatJSON {
		writeJSON(&b, parts)
		return b.Bytes()
	}
	b.WriteString("<xml>")
	writeXML(&b, parts)
	b.WriteString("</xml>")
	return b.Bytes()
}

func writeXML(b *bytes.Buffer, parts []part) {
	for _, p := range parts {
		switch {
		case p.Parts != nil:
			b.WriteString("<" + p.Name + ">")
			writeXML(b, p.Parts)
			b.WriteString("</" + p.Name + ">\n")
		case p.Bare:
			b.WriteString("<" + p.Name + ">" + p.Value + "</" + p.Name + ">\n")
		default:
			element(b, p.Name, p.Value)
		}
	}
}

// element appends <name><![CDATA[value]]></name>. Like the platform it does not
// escape the value, so a doctor can type the end of a CDATA section.
func element(b *bytes.Buffer, name, value string) {
	b.WriteString("<" + name + "><![CDATA[" + value + "]]></" + name + ">\n")
}

func writeJSON(b *bytes.Buffer, parts []part) {
	b.WriteByte('{')
	writeMembers(b, parts)
	b.WriteByte('}')
}

func writeMembers(b *bytes.Buffer, parts []part) {
	for i := 0; i < len(parts); i++ {
		p := parts[i]
		if i > 0 {
			b.WriteByte(',')
		}
		if p.Flat {
			writeMembers(b, p.Parts)
			continue
		}
		writeString(b, p.Name)
		b.WriteByte(':')
		switch {
		case p.Many:
			b.WriteByte('[')
			for first := true; i < len(parts) && parts[i].Name == p.Name; i++ {
				if !first {
					b.WriteByte(',')
				}
				first = false
				writeJSON(b, parts[i].Parts)
			}
			i--
			b.WriteByte(']')
		case p.Parts != nil:
			writeJSON(b, p.Parts)
		case p.Bare:
			b.WriteString(p.Value)
		default:
			writeString(b, p.Value)
		}
	}
}

// writeString quotes s and leaves bytes that are not UTF-8 as they are:
// encoding/json would mend what the tests want broken.
func writeString(b *bytes.Buffer, s string) {
	const hex = "0123456789abcdef"
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < 0x20:
			b.WriteString(`\u00`)
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
}
