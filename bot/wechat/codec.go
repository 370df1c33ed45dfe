package wechat

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount/message"
	"github.com/silenceper/wechat/v2/util"
)

// errSealed is the one error of opening: it does not tell padding, length and receiver apart.
var errSealed = errors.New("wechat: cipher text cannot be opened")

// errKey is returned for an EncodingAESKey that is not 43 base64 characters of 32 bytes.
var errKey = errors.New("wechat: EncodingAESKey must have 43 base64 characters")

// padBlock is the block of the envelope's PKCS#7 padding, in bytes: not AES's 16.
const padBlock = 32

// envelopeHead is what stands before the message: 16 random bytes and its length.
const envelopeHead = 20

// sealKey is one EncodingAESKey with its cipher made ready.
type sealKey struct {
	raw   []byte
	block cipher.Block
}

func newSealKey(encoded string) (*sealKey, error) {
	if len(encoded) != 43 {
		return nil, errKey
	}
	raw, err := base64.StdEncoding.DecodeString(encoded + "=")
	if err != nil || len(raw) != 32 {
		return nil, errKey
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, errKey
	}
	return &sealKey{raw: raw, block: block}, nil
}

// codec signs, opens and seals for one receiver: an app id or a corp id. It is safe for concurrent use.
type codec struct {
	receiver, token string
	keys            []*sealKey // the current one first
}

// newCodec reads the keys; previous may be empty. It never puts a key into an error.
func newCodec(receiver, token, aesKey, previous string) (*codec, error) {
	if receiver == "" || token == "" {
		return nil, errors.New("wechat: receiver id and token are required")
	}
	c := &codec{receiver: receiver, token: token}
	for i, encoded := range []string{aesKey, previous} {
		if i > 0 && encoded == "" {
			break
		}
		key, err := newSealKey(encoded)
		if err != nil {
			return nil, fmt.Errorf("reading key %d: %w", i+1, err)
		}
		c.keys = append(c.keys, key)
	}
	return c, nil
}

func (c *codec) sign(parts ...string) string {
	return util.Signature(append([]string{c.token}, parts...)...)
}

// signed compares in constant time. Whoever calls it has checked the shapes of the parts: the platform signs their
// sorted concatenation, so that ("123", "456") and ("12", "3456") sign alike.
func (c *codec) signed(signature string, parts ...string) bool {
	return subtle.ConstantTimeCompare([]byte(signature), []byte(c.sign(parts...))) == 1
}

// open returns the message and the key that it was sealed with: the current or the previous one.
func (c *codec) open(sealed string) ([]byte, *sealKey, error) {
	text, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(text) < padBlock || len(text)%padBlock != 0 {
		return nil, nil, errSealed
	}
	for _, key := range c.keys {
		buf := make([]byte, len(text))
		cipher.NewCBCDecrypter(key.block, key.raw[:aes.BlockSize]).CryptBlocks(buf, text)
		if plain, ok := c.unwrap(buf); ok {
			return plain, key, nil
		}
	}
	return nil, nil, errSealed
}

// unwrap checks every byte of the padding, the length and the receiver.
func (c *codec) unwrap(buf []byte) ([]byte, bool) {
	pad := int(buf[len(buf)-1])
	if pad < 1 || pad > padBlock || len(buf)-pad < envelopeHead {
		return nil, false
	}
	odd := 0
	for _, b := range buf[len(buf)-pad:] {
		odd |= int(b) ^ pad
	}
	buf = buf[:len(buf)-pad]
	n := uint64(binary.BigEndian.Uint32(buf[16:envelopeHead]))
	rest := buf[envelopeHead:]
	if odd != 0 || n > uint64(len(rest)) {
		return nil, false
	}
	if subtle.ConstantTimeCompare(rest[n:], []byte(c.receiver)) != 1 {
		return nil, false
	}
	return rest[:n], true
}

// seal puts a passive reply into its signed envelope. Two calls never agree. The key is the one that opened the
// callback: during a rotation the platform may not know the other.
func (c *codec) seal(plain []byte, key *sealKey, at time.Time) ([]byte, error) {
	var draw [24]byte
	rand.Read(draw[:]) // never fails
	sealed := c.wrap(plain, key, draw[:16])
	nonce := strconv.FormatUint(binary.BigEndian.Uint64(draw[16:])>>1, 10)
	stamp := at.Unix()
	envelope := message.ResponseEncryptedXMLMsg{
		EncryptedMsg: sealed,
		MsgSignature: c.sign(strconv.FormatInt(stamp, 10), nonce, sealed),
		Timestamp:    stamp,
		Nonce:        nonce,
	}
	out, err := xml.Marshal(envelope)
	if err != nil {
		return nil, fmt.Errorf("writing envelope: %w", err)
	}
	return out, nil
}

// wrap encrypts a message behind 16 random bytes and returns it in base64.
func (c *codec) wrap(plain []byte, key *sealKey, random []byte) string {
	return base64.StdEncoding.EncodeToString(util.AESEncryptMsg(random, plain, c.receiver, key.raw))
}
