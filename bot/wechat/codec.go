package wechat

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"
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

// sign is the platform's signature, SHA-1 in hex over the sorted concatenation of the token and the parts. Without a
// cipher text it is the signature of the address alone.
func (c *codec) sign(timestamp, nonce string, sealed []byte) []byte {
	var room [1024]byte
	parts := [...][]byte{[]byte(c.token), []byte(timestamp), []byte(nonce), sealed}
	for i := 1; i < len(parts); i++ {
		for j := i; j > 0 && bytes.Compare(parts[j], parts[j-1]) < 0; j-- {
			parts[j], parts[j-1] = parts[j-1], parts[j]
		}
	}
	text := room[:0]
	for _, p := range parts {
		text = append(text, p...)
	}
	sum := sha1.Sum(text)
	return hex.AppendEncode(make([]byte, 0, 2*sha1.Size), sum[:])
}

// signed compares in constant time. Whoever calls it has checked the shapes of the parts: the platform signs their
// sorted concatenation, so that ("123", "456") and ("12", "3456") sign alike.
func (c *codec) signed(signature, timestamp, nonce string, sealed []byte) bool {
	return subtle.ConstantTimeCompare([]byte(signature), c.sign(timestamp, nonce, sealed)) == 1
}

// open returns the message and the key that it was sealed with: the current or the previous one. Every text of one
// length takes the same path, whatever is wrong with it, so that neither answer nor time tells how far it came.
func (c *codec) open(sealed []byte) ([]byte, *sealKey, error) {
	text := make([]byte, base64.StdEncoding.DecodedLen(len(sealed)))
	n, err := base64.StdEncoding.Strict().Decode(text, sealed)
	// The decoder passes over line ends; the platform writes none, and a cipher text has one spelling only.
	if err != nil || n < padBlock || n%padBlock != 0 || base64.StdEncoding.EncodedLen(n) != len(sealed) {
		return nil, nil, errSealed
	}
	for _, key := range c.keys {
		buf := make([]byte, n)
		cipher.NewCBCDecrypter(key.block, key.raw[:aes.BlockSize]).CryptBlocks(buf, text[:n])
		if plain, ok := c.unwrap(buf); ok {
			return plain, key, nil
		}
	}
	return nil, nil, errSealed
}

// unwrap checks every byte of the padding, the length and the receiver, and always all of them. buf is a whole number
// of padding blocks, at least one.
func (c *codec) unwrap(buf []byte) ([]byte, bool) {
	last := int(buf[len(buf)-1])
	ok := subtle.ConstantTimeLessOrEq(1, last) & subtle.ConstantTimeLessOrEq(last, padBlock)
	for i := 1; i <= padBlock; i++ {
		outside := 1 ^ subtle.ConstantTimeLessOrEq(i, last)
		ok &= outside | subtle.ConstantTimeByteEq(buf[len(buf)-i], byte(last))
	}
	// What the length must be follows from the padding and from whom the message is for.
	n := len(buf) - subtle.ConstantTimeSelect(ok, last, 0) - envelopeHead - len(c.receiver)
	ok &= 1 ^ int(uint32(n)>>31) // not negative
	n = max(n, 0)
	rest := buf[envelopeHead:]
	ok &= subtle.ConstantTimeEq(int32(binary.BigEndian.Uint32(buf[16:envelopeHead])), int32(n))
	ok &= subtle.ConstantTimeCompare(rest[n:min(n+len(c.receiver), len(rest))], []byte(c.receiver))
	return rest[:n], ok == 1
}

// seal appends a passive reply in its signed envelope. Two calls never agree. The key is the one that opened the
// callback: during a rotation the platform may not know the other.
func (c *codec) seal(out, plain []byte, key *sealKey, at time.Time) []byte {
	var draw [24]byte
	rand.Read(draw[:]) // never fails
	stamp := strconv.FormatInt(at.Unix(), 10)
	nonce := strconv.FormatUint(binary.BigEndian.Uint64(draw[16:])>>1, 10)
	out = append(out, "<xml><Encrypt>"...)
	begin := len(out)
	out = c.wrap(out, plain, key, draw[:16])
	signature := c.sign(stamp, nonce, out[begin:])
	out = append(append(out, "</Encrypt><MsgSignature>"...), signature...)
	out = append(append(out, "</MsgSignature><TimeStamp>"...), stamp...)
	out = append(append(out, "</TimeStamp><Nonce>"...), nonce...)
	return append(out, "</Nonce></xml>"...)
}

// wrap encrypts a message behind 16 random bytes and appends it in base64.
func (c *codec) wrap(out, plain []byte, key *sealKey, random []byte) []byte {
	n := envelopeHead + len(plain) + len(c.receiver)
	pad := padBlock - n%padBlock
	buf := make([]byte, 0, n+pad)
	buf = append(buf, random...)
	buf = binary.BigEndian.AppendUint32(buf, uint32(len(plain)))
	buf = append(append(buf, plain...), c.receiver...)
	for range pad {
		buf = append(buf, byte(pad))
	}
	cipher.NewCBCEncrypter(key.block, key.raw[:aes.BlockSize]).CryptBlocks(buf, buf)
	return base64.StdEncoding.AppendEncode(out, buf)
}
