package store

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// What a doctor says is kept under a key of that doctor alone, and that key under the key of the house. Erasing the doctor destroys the key, so that no
// copy of the rows, in a log of the database or a page that it has not written over yet, can be read again. A backup that holds the key as well as the
// rows brings both back: erasures are to be applied again after restoring one.

// ErrSealed: words cannot be opened with the key of the house that this process was given.
var ErrSealed = errors.New("store: sealed under another secret key")

// minSecret is the shortest secret of the house, in bytes.
const minSecret = 32

// sealMark begins sealed bytes, sealWord a sealed text. Rows written before there were keys have neither and are read as they are.
var (
	sealMark = []byte("\x00vs1")
	sealWord = "\x1fvs1:"
)

// newWrap makes the cipher that wraps doctors' keys from the secret of the house.
func newWrap(secret []byte) (cipher.AEAD, error) {
	if len(secret) < minSecret {
		return nil, fmt.Errorf("store: the secret key has %d bytes, at least %d are needed", len(secret), minSecret)
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "vrep doctors' keys", 32)
	if err != nil {
		return nil, fmt.Errorf("deriving the wrapping key: %w", err)
	}
	return newAEAD(key)
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("making a cipher: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// doctorKey seals and opens the words of one doctor. The zero value belongs to a doctor without a key: it leaves clear what is clear and opens nothing.
type doctorKey struct {
	aead cipher.AEAD
	id   []byte // a digest of the key, which stands before what it sealed
}

// keyIDSize is long enough that a doctor's earlier key, destroyed when he left, is not taken for the one that he has now.
const keyIDSize = 8

func newDoctorKey(raw []byte) (doctorKey, error) {
	aead, err := newAEAD(raw)
	if err != nil {
		return doctorKey{}, err
	}
	sum := sha256.Sum256(raw)
	return doctorKey{aead, sum[:keyIDSize]}, nil
}

// newKey draws a key and gives it wrapped as well, as doctors.sealed_key holds it.
func (s *Store) newKey(doctor string) (doctorKey, []byte, error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return doctorKey{}, nil, fmt.Errorf("drawing a key: %w", err)
	}
	key, err := newDoctorKey(raw)
	return key, s.wrap.Seal(nil, nil, raw, []byte("doctors|"+doctor)), err
}

// keyOf opens a wrapped key; none gives the zero key. ErrSealed: it was wrapped under another secret of the house.
func (s *Store) keyOf(doctor string, wrapped []byte) (doctorKey, error) {
	if len(wrapped) == 0 {
		return doctorKey{}, nil
	}
	raw, err := s.wrap.Open(nil, nil, wrapped, []byte("doctors|"+doctor))
	if err != nil {
		return doctorKey{}, ErrSealed
	}
	return newDoctorKey(raw)
}

// seal closes bytes; place names table, row and column, so that nothing sealed can be moved elsewhere. Empty bytes stay empty.
func (k doctorKey) seal(place string, plain []byte) []byte {
	if k.aead == nil || len(plain) == 0 {
		return plain
	}
	out := make([]byte, 0, len(sealMark)+keyIDSize+k.aead.Overhead()+len(plain))
	out = append(append(out, sealMark...), k.id...)
	return k.aead.Seal(out, nil, plain, []byte(place))
}

// open is the other way. What was sealed under a key that was destroyed is empty. ErrSealed: it does not belong to this place, or was changed.
func (k doctorKey) open(place string, sealed []byte) ([]byte, error) {
	body, ok := bytes.CutPrefix(sealed, sealMark)
	if !ok {
		return sealed, nil
	}
	body, ok = bytes.CutPrefix(body, k.id)
	if k.aead == nil || !ok {
		return nil, nil
	}
	plain, err := k.aead.Open(nil, nil, body, []byte(place))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// sealText is seal for a column of text.
func (k doctorKey) sealText(place, plain string) string {
	if k.aead == nil || plain == "" {
		return plain
	}
	return sealWord + base64.RawStdEncoding.EncodeToString(k.seal(place, []byte(plain)))
}

// openText is open for a column of text.
func (k doctorKey) openText(place, sealed string) (string, error) {
	body, ok := strings.CutPrefix(sealed, sealWord)
	if !ok {
		return sealed, nil
	}
	raw, err := base64.RawStdEncoding.DecodeString(body)
	if err != nil {
		return "", ErrSealed
	}
	plain, err := k.open(place, raw)
	return string(plain), err
}
