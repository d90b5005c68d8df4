from __future__ import annotations

import pytest

from audit.codesets.tabular import Tabular, parse_tabular

XML = b"""<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular>
  <version>2099</version>
  <chapter>
    <name>1</name><desc>Made-up chapter (A00-A09)</desc>
    <excludes1><note>anything of the other chapter (S06)</note></excludes1>
    <section id="A00-A09">
      <desc>First block (A00-A09)</desc>
      <diag><name>A00</name><desc>Blue fever</desc>
        <excludes1><note>green fever (A01.-)</note><note>fever as it pleases</note>
          <note>fever (A00 with fifth character 2)</note></excludes1>
        <diag><name>A00.0</name><desc>Blue fever, mild</desc>
          <inclusionTerm><note>Azure fever</note></inclusionTerm></diag>
        <diag><name>A00.1</name><desc>Blue fever, grave</desc>
          <diag><name>A00.11</name><desc>Blue fever, grave, right</desc></diag>
          <diag><name>A00.12</name><desc>Blue fever, grave, left</desc></diag>
        </diag>
      </diag>
      <diag><name>A01</name><desc>Green fever</desc></diag>
      <diag><name>A02</name><desc>Rash in diseases classified elsewhere</desc>
        <codeFirst><note>blue fever (A00.0, A00.11-A00.12)</note></codeFirst>
        <diag><name>A02.0</name><desc>Red rash</desc></diag>
      </diag>
      <diag><name>A03</name><desc>Germ as the cause of diseases classified elsewhere</desc>
        <codeFirst><note>, if applicable, green fever (A01)</note></codeFirst>
      </diag>
    </section>
  </chapter>
  <chapter>
    <name>2</name><desc>Made-up injuries (S00-S09)</desc>
    <section id="S06-S06">
      <desc>Second block (S06)</desc>
      <diag><name>S06</name><desc>Bump</desc>
        <sevenChrDef><extension char="A">initial</extension><extension char="D">later</extension></sevenChrDef>
        <notes>
          <note>7th characters D and S do not apply to codes in category S06 with 6th character 7 - end</note></notes>
        <diag><name>S06.1X</name><desc>Bump of the head</desc>
          <diag><name>S06.1X1</name><desc>Bump, short</desc></diag>
          <diag><name>S06.1X7</name><desc>Bump, end</desc></diag>
        </diag>
        <diag><name>S06.9</name><desc>Bump, other</desc></diag>
      </diag>
    </section>
  </chapter>
</ICD10CM.tabular>
"""


@pytest.fixture
def tabular_xml() -> bytes:
    return XML


@pytest.fixture
def tabular() -> Tabular:
    return parse_tabular(XML, "made-up.xml")
