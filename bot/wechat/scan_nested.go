package wechat

import (
	"bytes"
	"encoding/json"
)

// inside reads a nested element by its name; missing or misshapen ones are empty, they never cost the message.
func (f fields) inside(name string) fields {
	raw := f.raw(name)
	if len(raw) > 0 && raw[0] == '{' {
		out, err := readJSON(raw)
		if err != nil {
			return nil
		}
		return out
	}
	out, err := elements(raw, true) // a scanned text or a place's name may hold anything
	if err != nil {
		return nil
	}
	return out
}

// list reads the records called List within a nested element, or beside it. The platform writes one record or several,
// in XML by repeating the element or what is around it, in JSON as an object or an array, with or without what is around it.
func (f fields) list(name string) []fields {
	raw, bare := f.raw(name), false
	if raw == nil {
		raw, bare = f.raw("List"), true
	}
	raw = bytes.TrimLeft(raw, " \t\r\n")
	if len(raw) == 0 {
		return nil
	}
	if raw[0] == '{' || raw[0] == '[' {
		return listJSON(raw, 0)
	}
	if bare || !bytes.Contains(raw, []byte("<List>")) {
		raw = append(append([]byte("<List>"), raw...), "</List>"...)
	}
	return listXML(raw)
}

// listXML reads every <List> of raw.
func listXML(raw []byte) []fields {
	var out []fields
	for len(out) < maxFields {
		_, rest, found := bytes.Cut(raw, []byte("<List>"))
		one, rest, closed := bytes.Cut(rest, []byte("</List>"))
		if !found || !closed {
			break
		}
		if f, err := elements(one, false); err == nil {
			out = append(out, f)
		}
		raw = rest
	}
	return out
}

// listJSON reads records out of arrays and out of members called List, however they are wrapped.
func listJSON(raw []byte, depth int) []fields {
	if depth > maxDepth {
		return nil
	}
	if raw[0] == '{' {
		f, err := readJSON(raw)
		if err != nil {
			return nil
		}
		if inner := f.raw("List"); inner != nil {
			return listJSON(inner, depth+1)
		}
		return []fields{f}
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return nil
	}
	var out []fields
	for _, item := range items {
		if item[0] == '{' || item[0] == '[' {
			out = append(out, listJSON(item, depth+1)...)
		}
	}
	return out[:min(len(out), maxFields)]
}
