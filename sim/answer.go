package sim

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
)

// sealedReply is the envelope that the other side answers with.
type sealedReply struct {
	XMLName      xml.Name `xml:"xml" json:"-"`
	Encrypt      string
	MsgSignature string
	TimeStamp    json.Number
	Nonce        loose
}

// loose reads a JSON string or number as text.
type loose string

// UnmarshalJSON takes the letters between the quotes, if there are any.
func (l *loose) UnmarshalJSON(raw []byte) error {
	*l = loose(strings.Trim(string(raw), `"`))
	return nil
}

// openReply returns the plain reply, nil for "no reply" (empty or success), or
// why the platform would show its failure line. In safe mode only a sealed
// reply will do, in plain mode only a plain one, in compat mode either.
// JSON is taken from accounts with that data format only.
func (c peer) openReply(body []byte) ([]byte, error) {
	text := strings.TrimSpace(string(body))
	if text == "" || text == "success" {
		return nil, nil
	}
	var r sealedReply
	var err error
	switch {
	case text[0] != '{':
		err = xml.Unmarshal([]byte(text), &r)
	case c.format == FormatJSON:
		err = json.Unmarshal([]byte(text), &r)
	default:
		return nil, fmt.Errorf("%w: reply is JSON, the account's format is XML", errReply)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: reply is not well-formed", errReply)
	}
	switch {
	case r.Encrypt == "" && (c.mode == ModePlain || c.mode == ModeCompat):
		return []byte(text), nil
	case r.Encrypt == "":
		return nil, fmt.Errorf("%w: reply is not encrypted", errReply)
	case c.mode == ModePlain:
		return nil, fmt.Errorf("%w: reply is encrypted, the account's mode is plain", errReply)
	case r.MsgSignature != c.sign(r.TimeStamp.String(), string(r.Nonce), r.Encrypt):
		return nil, fmt.Errorf("%w: MsgSignature does not fit", errReply)
	}
	plain, err := c.open(r.Encrypt)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errReply, err)
	}
	if len(plain) == 0 {
		return nil, fmt.Errorf("%w: encrypted reply is empty", errReply)
	}
	return plain, nil
}
