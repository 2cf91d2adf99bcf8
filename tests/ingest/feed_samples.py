"""Invented feeds of the three kinds of XML, and the address that they came from."""

ADDRESS = "https://quay.example/feeds/news.xml"

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
  <title>Quay Mail</title><link>https://quay.example/</link><language>en-GB</language><ttl>30</ttl>
  <atom:link rel="self" href="https://quay.example/feeds/news.xml"/>
  <image><title>Logo</title><link>https://logo.example/</link></image>
  <item>
    <title>Ferry &amp;amp; bridge &lt;b&gt;open&lt;/b&gt;</title><link>/ferry?a=1&amp;b=2</link>
    <guid isPermaLink="false">q-17</guid><dc:creator>Ada Quist</dc:creator><category>Harbour</category>
    <category>Traffic</category><pubDate>Mon, 06 May 2024 07:08:09 GMT</pubDate>
    <media:title>A picture of a ferry</media:title>
    <description>The ferry runs again.</description>
    <content:encoded><![CDATA[<p>The ferry runs again &amp; hourly.</p><p>It costs two crowns.</p>]]></content:encoded>
  </item>
  <item><title>Lighthouse painted</title><guid>https://quay.example/light</guid>
    <author>desk@quay.example (Bo Lind)</author><description>It is white now…</description></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" xml:base="https://quay.example/blog/"
 xmlns:at="http://purl.org/atompub/tombstones/1.0">
  <title type="html">Quay &amp;amp; Shore</title><link href="https://quay.example/"/>
  <author><name>Ada Quist</name></author>
  <entry xml:base="2024/"><id>tag:quay.example,2024:1</id><title>Ferry</title><link rel="alternate" href="ferry"/>
    <link rel="enclosure" href="ferry.mp3"/><published>2024-05-06T07:08:09Z</published>
    <updated>2024-05-07T00:00:00Z</updated><category term="harbour" label="Harbour"/><summary>Short.</summary>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
      <p>Runs <b>again</b>,<br/>hourly &amp; daily.</p></div></content>
  </entry>
  <entry><id>tag:quay.example,2024:2</id><title>Plain</title><updated>2024-05-08T00:00:00Z</updated>
    <author><name>Bo Lind</name><email>bo@quay.example</email></author><summary>One &lt; two.</summary></entry>
  <at:deleted-entry ref="tag:quay.example,2024:0" when="2024-05-09T00:00:00Z"/>
</feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel rdf:about="https://quay.example/"><title>Quay Mail</title><link>https://quay.example/</link>
<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency></channel>
<item rdf:about="https://quay.example/a"><title>Ferry</title><link>https://quay.example/a</link>
<dc:date>2024-05-06</dc:date><dc:creator>Ada Quist</dc:creator></item></rdf:RDF>"""
