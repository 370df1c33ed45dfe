package console

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/vrep/vrep/store"
)

// linkText is the alphabet of tokens; strict, so that a token has one spelling.
var linkText = base64.RawURLEncoding.Strict()

// Links makes the tracked addresses of content, /r/{token}, and reads them. A token holds the doctor, the content and the effect that brought it, sealed:
// whoever sees the address can neither read nor change it. The same link has the same token.
type Links struct {
	url  string
	seal cipher.AEAD
	name []byte // key of the nonces
	copy []byte // key of the addresses of exports
	card []byte // key of the addresses of cards for colleagues
}

// tracked is what a token says.
type tracked struct {
	Doctor  string // 32 hex digits, "" = sent to several at once
	Content string
	Effect  string
}

// NewLinks makes Links for a public address; key has at least 16 bytes.
func NewLinks(publicURL string, key []byte) (*Links, error) {
	if publicURL == "" || len(key) < 16 {
		return nil, errors.New("console: tracked links need a public address and a key of 16 bytes")
	}
	block, err := aes.NewCipher(derive(key, "vrep tracked link seal"))
	if err != nil {
		return nil, fmt.Errorf("making tracked links: %w", err)
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("making tracked links: %w", err)
	}
	return &Links{url: strings.TrimSuffix(publicURL, "/"), seal: seal, name: derive(key, "vrep tracked link name"), copy: derive(key, "vrep export link"),
		card: derive(key, "vrep peer card")}, nil
}

// derive makes a key of 32 bytes for one purpose.
func derive(key []byte, purpose string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(purpose))
	return h.Sum(nil)
}

// Address is the link to a content item for one doctor. A doctor that is no id of ours gives a link that belongs to nobody.
func (l *Links) Address(doctor, content, effect string) string {
	id, err := hex.DecodeString(doctor)
	if err != nil || len(id) != doctorSize {
		id, doctor = make([]byte, doctorSize), ""
	}
	if rest, ok := strings.CutPrefix(effect, doctor+":"); ok && doctor != "" {
		effect = ":" + rest // the effects of a turn begin with the doctor, who is there already
	}
	plain := append(id, content+"\x00"+effect...)
	// The nonce is made of the words themselves, so no two different ones ever share it.
	nonce := derive(l.name, string(plain))[:l.seal.NonceSize()]
	return l.url + "/r/" + linkText.EncodeToString(l.seal.Seal(nonce, nonce, plain, nil))
}

// Export is the address under which a doctor can fetch a copy of everything, asked for in a turn of the conversation, and the digest of its secret part. The same
// turn has the same address; nobody without the key can guess it.
func (l *Links) Export(doctor string, seq int64) (address, digest string) {
	token := linkText.EncodeToString(derive(l.copy, doctor+"\x00"+strconv.FormatInt(seq, 10)))
	return l.url + "/d/export/" + token, store.ExportDigest(token)
}

// Card is the address of the card for colleagues that a turn of the conversation makes, the digest of its secret part, and the code on it, which names nobody. The
// same turn has the same ones; nobody without the key can guess them.
func (l *Links) Card(doctor string, seq int64) (address, digest, scene string) {
	turn := doctor + "\x00" + strconv.FormatInt(seq, 10)
	token := linkText.EncodeToString(derive(l.card, turn))
	return l.url + "/i/" + token, store.ExportDigest(token), hex.EncodeToString(derive(l.card, "code\x00"+turn)[:doctorSize])
}

// open reads a token; false: it is not ours.
func (l *Links) open(token string) (tracked, bool) {
	raw, err := linkText.DecodeString(token)
	if err != nil || len(raw) < l.seal.NonceSize() {
		return tracked{}, false
	}
	plain, err := l.seal.Open(nil, raw[:l.seal.NonceSize()], raw[l.seal.NonceSize():], nil)
	if err != nil || len(plain) < doctorSize {
		return tracked{}, false
	}
	t := tracked{Doctor: hex.EncodeToString(plain[:doctorSize])}
	t.Content, t.Effect, _ = strings.Cut(string(plain[doctorSize:]), "\x00")
	if t.Doctor == nobody {
		t.Doctor = ""
	}
	if strings.HasPrefix(t.Effect, ":") {
		t.Effect = t.Doctor + t.Effect
	}
	return t, true
}

// doctorSize is the length of a doctor's id in bytes; nobody is the id that stands for none.
const doctorSize = 16

var nobody = strings.Repeat("00", doctorSize)
