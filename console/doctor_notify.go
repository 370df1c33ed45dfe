package console

import (
	"errors"
	"net/http"
	"strings"
)

// scriptPolicy is the policy of the one page that uses the platform's script. The tag that the script makes into a button brings styles of its own.
// Source: the platform's page on open tags.
const scriptPolicy = "default-src 'self'; script-src 'self' https://res.wx.qq.com; style-src 'self' 'unsafe-inline'; img-src 'self' https://res.wx.qq.com; " +
	"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

// inApp is how the platform's own browser names itself.
const inApp = "MicroMessenger"

// notifyPage is where a doctor agrees to a one-time notice. Signed is false outside the platform's app, where its button does not exist.
type notifyPage struct {
	Signed   bool
	Template string
	PageSignature
}

// doctorNotify shows the platform's subscribe button. Its script is loaded only where it works.
func (c *Console) doctorNotify(w http.ResponseWriter, v *visit) error {
	if c.doctors.Template == "" || c.doctors.Script == nil {
		c.tellDoctor(w, v.Request, http.StatusNotFound, doctorSaid{Code: "no_notice"})
		return nil
	}
	p := notifyPage{Template: c.doctors.Template}
	if strings.Contains(v.UserAgent(), inApp) {
		var err error
		p.PageSignature, err = c.doctors.Script.SignPage(v.Context(), c.publicURL+v.URL.RequestURI())
		if err != nil && !errors.Is(err, ErrAccount) {
			return err
		}
		p.Signed = err == nil
	}
	if p.Signed {
		w.Header().Set("Content-Security-Policy", scriptPolicy)
	}
	return c.render(w, http.StatusOK, "doctor_notify", page{Data: p})
}
