package sim

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// errEnvelope is the fact behind every envelope that cannot be opened.
var errEnvelope = errors.New("bad envelope")

// padBlock is the PKCS#7 block of the platform's envelope: 32 bytes, not AES's 16.
const padBlock = 32

// envelope seals and opens what travels between the platform and one
// application: AES-256-CBC over 16 random bytes, the length, the message and
// the receiver's id, with the first half of the key as IV.
type envelope struct {
	token, receiver string
	key             []byte
	block           cipher.Block
}

func newEnvelope(token, encodedKey, receiver string) (envelope, error) {
	if len(encodedKey) != 43 {
		return envelope{}, fmt.Errorf("%w: key must have 43 characters", errEnvelope)
	}
	key, err := base64.StdEncoding.DecodeString(encodedKey + "=")
	if err != nil {
		return envelope{}, fmt.Errorf("%w: key is not base64", errEnvelope)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return envelope{}, fmt.Errorf("making cipher: %w", err)
	}
	return envelope{token: token, receiver: receiver, key: key, block: block}, nil
}

// seal returns the base64 text that goes into Encrypt. Two calls never agree.
func (e envelope) seal(plain []byte) string {
	buf := make([]byte, 16, 20+len(plain)+len(e.receiver)+padBlock)
	rand.Read(buf) // never fails since Go 1.24
	buf = binary.BigEndian.AppendUint32(buf, uint32(len(plain)))
	buf = append(buf, plain...)
	buf = append(buf, e.receiver...)
	pad := padBlock - len(buf)%padBlock
	buf = append(buf, bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(e.block, e.key[:aes.BlockSize]).CryptBlocks(buf, buf)
	return base64.StdEncoding.EncodeToString(buf)
}

// open reverses seal and checks padding, length and receiver.
func (e envelope) open(text string) ([]byte, error) {
	buf, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return nil, fmt.Errorf("%w: not base64", errEnvelope)
	}
	if len(buf) == 0 || len(buf)%aes.BlockSize != 0 {
		return nil, fmt.Errorf("%w: %d bytes is not whole blocks", errEnvelope, len(buf))
	}
	cipher.NewCBCDecrypter(e.block, e.key[:aes.BlockSize]).CryptBlocks(buf, buf)
	pad := int(buf[len(buf)-1])
	if pad < 1 || pad > padBlock || pad > len(buf)-20 {
		return nil, fmt.Errorf("%w: padding", errEnvelope)
	}
	for _, b := range buf[len(buf)-pad:] {
		if int(b) != pad {
			return nil, fmt.Errorf("%w: padding", errEnvelope)
		}
	}
	buf = buf[16 : len(buf)-pad]
	n := binary.BigEndian.Uint32(buf)
	buf = buf[4:]
	if uint64(n) > uint64(len(buf)) {
		return nil, fmt.Errorf("%w: length", errEnvelope)
	}
	if string(buf[n:]) != e.receiver {
		return nil, fmt.Errorf("%w: sealed for another receiver", errEnvelope)
	}
	return buf[:n], nil
}

// sign is the platform's signature: SHA-1 over the sorted parts and the token.
func (e envelope) sign(parts ...string) string {
	all := append([]string{e.token}, parts...)
	slices.Sort(all)
	sum := sha1.Sum([]byte(strings.Join(all, "")))
	return hex.EncodeToString(sum[:])
}

// nonce is a random decimal number as the platform uses it.
func nonce() string {
	var b [4]byte
	rand.Read(b[:])
	return fmt.Sprintf("%d", binary.BigEndian.Uint32(b[:]))
}

// token draws an opaque URL-safe text of n characters.
func token(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)[:n]
}

// digest is a stable URL-safe text derived from its parts.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte("vrep sim\x00" + strings.Join(parts, "\x00")))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
