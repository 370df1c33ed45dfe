package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

var errShape = errors.New("not a message")

// keys are one account's.
type keys struct {
	appID, token string
	aes          []byte
}

func newKeys(appID, token, aesKey string) (keys, error) {
	key, err := base64.StdEncoding.DecodeString(aesKey + "=")
	if err != nil || len(key) != 32 {
		return keys{}, errors.New("the key must have 43 base64 characters")
	}
	return keys{appID: appID, token: token, aes: key}, nil
}

func (k keys) sign(parts ...string) string {
	all := append([]string{k.token}, parts...)
	slices.Sort(all)
	sum := sha1.Sum([]byte(strings.Join(all, "")))
	return hex.EncodeToString(sum[:])
}

func (k keys) open(text string) ([]byte, error) {
	buf, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(buf) < 32 || len(buf)%16 != 0 {
		return nil, errShape
	}
	block, err := aes.NewCipher(k.aes)
	if err != nil {
		return nil, fmt.Errorf("making the cipher: %w", err)
	}
	cipher.NewCBCDecrypter(block, k.aes[:16]).CryptBlocks(buf, buf)
	pad := int(buf[len(buf)-1])
	if pad < 1 || pad > 32 || pad > len(buf)-20 {
		return nil, errShape
	}
	buf = buf[16 : len(buf)-pad]
	n, rest := binary.BigEndian.Uint32(buf), buf[4:]
	if uint64(n) > uint64(len(rest)) || string(rest[n:]) != k.appID {
		return nil, errShape
	}
	return rest[:n], nil
}

func (k keys) seal(plain string) string {
	buf := make([]byte, 16)
	rand.Read(buf)
	buf = binary.BigEndian.AppendUint32(buf, uint32(len(plain)))
	buf = append(append(buf, plain...), k.appID...)
	pad := 32 - len(buf)%32
	buf = append(buf, bytes.Repeat([]byte{byte(pad)}, pad)...)
	block, err := aes.NewCipher(k.aes)
	if err != nil {
		return "" // cannot happen: newKeys saw 32 bytes
	}
	cipher.NewCBCEncrypter(block, k.aes[:16]).CryptBlocks(buf, buf)
	encrypted := base64.StdEncoding.EncodeToString(buf)
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	return fmt.Sprintf("<xml><Encrypt><![CDATA[%s]]></Encrypt><MsgSignature><![CDATA[%s]]></MsgSignature><TimeStamp>%s</TimeStamp><Nonce><![CDATA[1]]></Nonce></xml>",
		encrypted, k.sign(stamp, "1", encrypted), stamp)
}

func (k keys) admits(q url.Values) bool {
	return q.Get("signature") == k.sign(q.Get("timestamp"), q.Get("nonce"))
}

func fresh(q url.Values) bool {
	n, err := strconv.ParseInt(q.Get("timestamp"), 10, 64)
	return err == nil && time.Since(time.Unix(n, 0)).Abs() < 5*time.Minute
}

// said is a message; every value is text.
type said struct{ to, from, kind, event, msgID, content string }

// read takes XML or JSON and whatever stands in it. Frame fields are the first of their name, the content ends at its last end.
func read(body []byte) (said, error) {
	get := func(name string) string { return element(string(body), name) }
	switch {
	case len(body) > 0 && body[0] == '{':
		var m map[string]any
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		if err := d.Decode(&m); err != nil {
			return said{}, errShape
		}
		get = func(name string) string {
			if m[name] == nil {
				return ""
			}
			return fmt.Sprint(m[name])
		}
	case !bytes.HasPrefix(body, []byte("<xml>")):
		return said{}, errShape
	}
	m := said{to: get("ToUserName"), from: get("FromUserName"), kind: get("MsgType"), event: get("Event"), msgID: get("MsgId"), content: get("Content")}
	if m.from == "" || m.kind == "" {
		return said{}, errShape
	}
	return m, nil
}

// sealed is the cipher of a body, "" when it has none.
func sealed(body []byte) string {
	if len(body) > 0 && body[0] == '{' {
		var m struct{ Encrypt string }
		if json.Unmarshal(body, &m) != nil {
			return ""
		}
		return m.Encrypt
	}
	return element(string(body), "Encrypt")
}

func element(body, name string) string {
	_, rest, ok := strings.Cut(body, "<"+name+">")
	if !ok {
		return ""
	}
	end := "</" + name + ">"
	i := strings.Index(rest, end)
	if name == "Content" {
		i = strings.LastIndex(rest, "]]>"+end) + len("]]>")
	}
	if i < 0 {
		return ""
	}
	return strings.TrimSuffix(strings.TrimPrefix(rest[:i], "<![CDATA["), "]]>")
}

// readStrictly takes what a struct of typed fields takes, as most bots do; of two elements with one name the last counts.
func readStrictly(body []byte) (said, error) {
	var m struct {
		ToUserName, FromUserName, MsgType, Event, Content string
		MsgID                                             int64   `xml:"MsgId"`
		MenuID                                            int64   `xml:"bizmsgmenuid"`
		X                                                 float64 `xml:"Location_X"`
		Y                                                 float64 `xml:"Location_Y"`
	}
	if err := xml.Unmarshal(body, &m); err != nil {
		return said{}, errShape
	}
	id := ""
	if m.MsgID != 0 {
		id = strconv.FormatInt(m.MsgID, 10)
	}
	return said{m.ToUserName, m.FromUserName, m.MsgType, m.Event, id, m.Content}, nil
}
