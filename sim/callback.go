package sim

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// maxReply bounds what is read of a callback's answer, in bytes.
const maxReply = 1 << 20

// peer is one callback address with its keys.
type peer struct {
	envelope
	url string
	// plainSignature: the official account also signs the URL alone; WeCom does not.
	plainSignature bool
}

func (p *Platform) wechatPeer() peer {
	p.mu.Lock()
	defer p.mu.Unlock()
	return peer{envelope: p.oa, url: p.callback, plainSignature: true}
}

func (p *Platform) wecomPeer() peer {
	p.mu.Lock()
	defer p.mu.Unlock()
	return peer{envelope: p.corp, url: p.corpCallback}
}

// element appends <name><![CDATA[value]]></name>. Like the platform it does not
// escape the value, so a doctor can type the end of a CDATA section.
func element(b *bytes.Buffer, name, value string) {
	b.WriteString("<" + name + "><![CDATA[" + value + "]]></" + name + ">\n")
}

// number appends an element without CDATA.
func number(b *bytes.Buffer, name, value string) {
	b.WriteString("<" + name + ">" + value + "</" + name + ">\n")
}

// request seals plain into a signed POST. Each call draws a new nonce and cipher.
func (c peer) request(ctx context.Context, plain []byte, to, agent, openid string, unix int64) (*http.Request, error) {
	sealed, err := c.seal(plain)
	if err != nil {
		return nil, err
	}
	stamp, once := strconv.FormatInt(unix, 10), nonce()
	q := url.Values{"timestamp": {stamp}, "nonce": {once}, "msg_signature": {c.sign(stamp, once, sealed)}}
	if c.plainSignature {
		q.Set("signature", c.sign(stamp, once))
		q.Set("encrypt_type", "aes")
		q.Set("openid", openid)
	}
	var body bytes.Buffer
	body.WriteString("<xml>")
	element(&body, "ToUserName", to)
	if agent != "" {
		element(&body, "AgentID", agent)
	}
	element(&body, "Encrypt", sealed)
	body.WriteString("</xml>")
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, withQuery(c.url, q), &body)
	if err != nil {
		return nil, fmt.Errorf("making callback: %w", err)
	}
	req.Header.Set("Content-Type", "text/xml")
	req.Header.Set("User-Agent", "Mozilla/4.0")
	return req, nil
}

func withQuery(base string, q url.Values) string {
	if strings.Contains(base, "?") {
		return base + "&" + q.Encode()
	}
	return base + "?" + q.Encode()
}

// sealedReply is the envelope that the other side answers with.
type sealedReply struct {
	XMLName      xml.Name `xml:"xml"`
	Encrypt      string
	MsgSignature string
	TimeStamp    string
	Nonce        string
}

// openReply returns the plain reply, nil for "no reply" (empty or success), or
// why the platform would show its failure line.
func (c peer) openReply(body []byte) ([]byte, error) {
	text := strings.TrimSpace(string(body))
	if text == "" || text == "success" {
		return nil, nil
	}
	var r sealedReply
	if err := xml.Unmarshal([]byte(text), &r); err != nil {
		return nil, fmt.Errorf("%w: reply is not well-formed XML", errReply)
	}
	if r.Encrypt == "" {
		return nil, fmt.Errorf("%w: reply is not encrypted", errReply)
	}
	if r.MsgSignature != c.sign(r.TimeStamp, r.Nonce, r.Encrypt) {
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

// VerifyCallbacks does what saving the callback address in the platform's
// back office does: a signed GET with echostr that must come back. Both sides
// are tried as far as they have an address; all problems are joined.
func (p *Platform) VerifyCallbacks(ctx context.Context) error {
	a, c := p.wechatPeer(), p.wecomPeer()
	if a.url != "" {
		if err := p.echo(ctx, a); err != nil {
			return fmt.Errorf("checking the WeChat callback: %w", err)
		}
	}
	if c.url != "" && c.key != nil {
		if err := p.echo(ctx, c); err != nil {
			return fmt.Errorf("checking the WeCom callback: %w", err)
		}
	}
	return nil
}

func (p *Platform) echo(ctx context.Context, c peer) error {
	ctx, cancel := context.WithTimeout(ctx, p.opts.ReplyTimeout)
	defer cancel()
	stamp, once := strconv.FormatInt(p.stamp().Unix(), 10), nonce()
	want := strconv.FormatInt(p.stamp().UnixNano(), 10)
	q := url.Values{"timestamp": {stamp}, "nonce": {once}}
	if c.plainSignature {
		q.Set("signature", c.sign(stamp, once))
		q.Set("echostr", want)
	} else {
		sealed, err := c.seal([]byte(want))
		if err != nil {
			return err
		}
		q.Set("msg_signature", c.sign(stamp, once, sealed))
		q.Set("echostr", sealed)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, withQuery(c.url, q), nil)
	if err != nil {
		return fmt.Errorf("making echo request: %w", err)
	}
	res, err := p.client.Do(req)
	if err != nil {
		return fmt.Errorf("asking for the echo: %w", bare(err))
	}
	defer res.Body.Close()
	got, err := io.ReadAll(io.LimitReader(res.Body, maxReply))
	if err != nil {
		return fmt.Errorf("reading the echo: %w", err)
	}
	if res.StatusCode != http.StatusOK || string(got) != want {
		return fmt.Errorf("%w: status %d, echo differs", errReply, res.StatusCode)
	}
	return nil
}
