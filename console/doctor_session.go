package console

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"strings"
	"time"
)

// How long a doctor's browser stays signed in, and how long signing in may take.
const (
	visitLife = 2 * time.Hour
	wayLife   = 10 * time.Minute
)

// maxWay is the longest address that a doctor is brought back to.
const maxWay = 512

// Purposes of what doctors' browsers carry, so that one kind of value never passes for another.
const (
	sealVisit = "vrep doctor visit"
	sealWay   = "vrep doctor way"
	sealState = "vrep doctor state"
)

// sealed is a value for a cookie: MAC, end in minutes, body. It can be read by whoever holds it, and not be changed.
func (c *Console) sealed(purpose string, life time.Duration, body []byte) string {
	text := binary.BigEndian.AppendUint32(nil, uint32(c.now().Add(life).Unix()/60))
	text = append(text, body...)
	return linkText.EncodeToString(append(c.sign(purpose, text), text...))
}

// unsealed gives the body of a value that we made and that has not ended.
func (c *Console) unsealed(purpose, value string) ([]byte, bool) {
	raw, err := linkText.DecodeString(value)
	if err != nil || len(raw) < 20 || !hmac.Equal(raw[:16], c.sign(purpose, raw[16:])) {
		return nil, false
	}
	end := time.Unix(60*int64(binary.BigEndian.Uint32(raw[16:20])), 0)
	return raw[20:], c.now().Before(end)
}

// sign is 16 bytes of HMAC-SHA256.
func (c *Console) sign(purpose string, text []byte) []byte {
	h := hmac.New(sha256.New, c.key)
	h.Write([]byte(purpose + "\x00"))
	h.Write(text)
	return h.Sum(nil)[:16]
}

// cookie names a cookie of doctors' browsers. Over https it belongs to this host alone.
func (c *Console) cookie(name string) string {
	if c.secure {
		return "__Host-" + name
	}
	return name
}

func (c *Console) setCookie(w http.ResponseWriter, name, value string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: c.cookie(name), Value: value, Path: "/", MaxAge: int(life / time.Second), HttpOnly: true, Secure: c.secure, SameSite: http.SameSiteLaxMode,
	})
}

func (c *Console) dropCookie(w http.ResponseWriter, name string) {
	http.SetCookie(w, &http.Cookie{Name: c.cookie(name), Path: "/", MaxAge: -1, HttpOnly: true, Secure: c.secure, SameSite: http.SameSiteLaxMode})
}

func (c *Console) readCookie(r *http.Request, name, purpose string) ([]byte, bool) {
	k, err := r.Cookie(c.cookie(name))
	if err != nil {
		return nil, false
	}
	return c.unsealed(purpose, k.Value)
}

// Cookies of doctors' browsers: who has signed in, and where somebody who is signing in wants to go.
const (
	cookieVisit = "vrep_doctor"
	cookieWay   = "vrep_way"
)

// DoctorCookies names the cookies of doctors' browsers over http, for a demo in which several doctors share one browser.
func DoctorCookies() []string { return []string{cookieVisit, cookieWay} }

// visitor is the id of the doctor who has signed in, "" = nobody.
func (c *Console) visitor(r *http.Request) string {
	id, ok := c.readCookie(r, cookieVisit, sealVisit)
	if !ok || len(id) != doctorSize {
		return ""
	}
	return hex.EncodeToString(id)
}

// remember signs a doctor's browser in.
func (c *Console) remember(w http.ResponseWriter, doctor string) {
	if id, err := hex.DecodeString(doctor); err == nil {
		c.setCookie(w, cookieVisit, c.sealed(sealVisit, visitLife, id), visitLife)
	}
}

// signIn sends a browser to the platform to be told apart. Where it wants to go stays in a cookie; the state that comes back belongs to that cookie, so a
// sign-in that was begun in another browser is not taken over.
func (c *Console) signIn(w http.ResponseWriter, r *http.Request) {
	way := r.URL.RequestURI()
	if len(way) > maxWay {
		way = r.URL.Path
	}
	value := c.sealed(sealWay, wayLife, append([]byte(rand.Text()), way...))
	c.setCookie(w, cookieWay, value, wayLife)
	http.Redirect(w, r, c.doctors.SignIn.SignInAddress(c.publicURL+"/d/enter", c.stateOf(value)), http.StatusFound)
}

// stateOf is the state that goes with a cookie: letters and digits, as the platform wants them.
func (c *Console) stateOf(cookie string) string {
	return hex.EncodeToString(c.sign(sealState, []byte(cookie)))
}

// wayBack is where a browser that comes from the platform wanted to go. false: it began elsewhere, or too long ago.
func (c *Console) wayBack(r *http.Request) (string, bool) {
	k, err := r.Cookie(c.cookie(cookieWay))
	if err != nil || !hmac.Equal([]byte(c.stateOf(k.Value)), []byte(r.URL.Query().Get("state"))) {
		return "", false
	}
	body, ok := c.unsealed(sealWay, k.Value)
	if !ok || len(body) < len(rand.Text()) {
		return "", false
	}
	way := string(body[len(rand.Text()):])
	return way, strings.HasPrefix(way, "/d/") || strings.HasPrefix(way, "/r/")
}
