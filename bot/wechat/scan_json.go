package wechat

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
)

// readJSON reads the direct members of one object. Strings are taken as they are, numbers and booleans by their
// letters, so that an odd number never costs the message. Of arrays and objects the raw text is kept.
func readJSON(body []byte) (fields, error) {
	body = escapeControls(body)
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errShape
	}
	out := make(fields, 0, 12)
	for dec.More() {
		if len(out) == maxFields {
			return nil, errShape
		}
		e, err := member(dec, body)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	if _, err := dec.Token(); err != nil {
		return nil, errShape
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errShape
	}
	return out, nil
}

func member(dec *json.Decoder, body []byte) (field, error) {
	name, err := dec.Token()
	key, ok := name.(string)
	if err != nil || !ok || len(key) > maxName {
		return field{}, errShape
	}
	value, err := dec.Token()
	if err != nil {
		return field{}, errShape
	}
	f := field{name: []byte(key)}
	switch v := value.(type) {
	case json.Delim:
		begin := dec.InputOffset() - 1
		err := skip(dec)
		f.value, f.nested = body[begin:dec.InputOffset()], true
		return f, err
	case string:
		f.value = []byte(v)
	case json.Number:
		f.value = []byte(v)
	case bool:
		f.value = strconv.AppendBool(nil, v)
	}
	return f, nil
}

// skip reads to the end of the array or object that has just begun.
func skip(dec *json.Decoder) error {
	for depth := 1; depth > 0; {
		t, err := dec.Token()
		if err != nil {
			return errShape
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth > maxDepth {
			return errShape
		}
	}
	return nil
}

// escapeControls escapes raw control characters inside strings, which the platform passes on as they were typed and
// the JSON grammar forbids.
func escapeControls(b []byte) []byte {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, len(b)+16)
	inside, escaped := false, false
	for _, c := range b {
		if inside && c < 0x20 {
			out = append(out, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
			escaped = false
			continue
		}
		switch {
		case escaped:
			escaped = false
		case inside && c == '\\':
			escaped = true
		case c == '"':
			inside = !inside
		}
		out = append(out, c)
	}
	return out
}
