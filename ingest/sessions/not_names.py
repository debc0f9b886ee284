"""Words that stand before a colon or in a list of people and name nobody."""

from __future__ import annotations

NOT_NAMES = frozenset(
    """
    a about absent absolutely abstract accepted acknowledged action actions add additional adjourn adjourned
    adjourning advantage advantages advice again agenda agreed agreement ah ai aim aktion alert all also
    alternative alternatives analogy and announcement announcements another answer answers anwesend api
    appendix approach approved architecture article aside assigned assignee assignees assumption assumptions
    asunto attached attachments attendance attendee attendees audience audio aufgaben author authors awesome
    background backlog backport bad because before benefit benefits beschluss best beta bikeshed blocked
    blocker blockers blog bonus book both break budget bug bugs build but by bye call caption cargo case cases
    category cause caveat caveats cc chair chairs challenge challenges change changelog changes chat checklist
    ci claim clarification cleanup client close closed closing code comment comments commit commits complexity
    complication con concern concerns conclusion conclusions condition config confirmed cons consensus
    consequence consequences consider context cool cost counter counterexample counterpoint created criteria
    curious current currently customer danger data database date dates datum day deadline deadlines debug
    december decided decision decisions default definition definitions demo demos dependencies deploy deps
    description design desired detail details disadvantage disadvantages disclaimer discuss discussed
    discussion discussions docs document documentation documents done downside draft due duration during edit
    editor effect effort either email end enhancement ergebnis error errors estimate etc etc. event events
    eventually everybody everyone evidence exactly example examples except exception excerpt existing expected
    experience extra facilitator fact facts fallback faq fcp fear feature features february fecha feedback few
    figure file files final finally finding findings first fix fixed flow focus folks follow followup
    followups for format frage frequency friday from frontend function fund further future fyi general github
    given goal goals good great group groups guess guest guests hello hence hey hi hint history hmm hope hora
    host hours how however http https hunch hypothesis i idea ideas idee idk if iiuc image imo impact
    implementation implies important improvement improvements in incident indeed info information input
    insight insights instead intent interested interesting intro introduction introductions is issue issues it
    item items iteration january job july keep key keynote kind label labels last lastly late later launch
    layout lead leads learning learnings left less lesson lessons let level liaison library lieu limit
    limitation limitations link links list location log logistics logs lol lots lugar main maintainers many
    maybe mcp me meaning meanwhile measure meeting meetings member members mentor merge merged message
    messages meta method metric metrics milestone milestones minimum minor minutes misc mitigation mode module
    monday month more most motion motivation motivations moved much music must na name names nb need needs
    negative neither neutral new news next nice nightly no nobody none nope nor nota note note-taker notes
    nothing november now number objective objectives objet observation observations october of off oh ok okay
    on once online only open opening opinion opportunity option optional options or order ordre organizer
    original ort other others otherwise our outcome outcomes output outstanding overall overview owner owners
    page part participant participants parts path pending people perf perfect performance phase picture place
    plan planned planning platform please point points policy positive possible possibly postpone postponed pr
    pre-requisite pre-requisites preamble precedent prerequisite prerequisites present presentation presenter
    previous principle principles prior priorities priority pro problem problems procedure process product
    production progress project projects prompt proposal proposals proposed pros protokoll purpose q qa
    quality question questions queue quick quorum quote quoting range rationale re reaction read reading
    reason reasoning reasons recap recommendation recommendations recommended record recording recordings
    reference references regarding regression regrets rejected related release releases relevant remaining
    reminder reminders remote removed repo report reports repositories repository request requests required
    requirement requirements research resolution resolve resolved resource resources response responses result
    results retro review reviewer reviewers revision rfc right risk risks roadmap role roles room rule rules
    rustc rustdoc rustdoc-search same sample saturday scenario schedule scope scribe second secondly section
    security see seen separately september server session sessions setup several severity share should side
    similarly since size slides so social solution solutions someone something sometimes soon sorry source
    sources speaker speakers specifically spoiler sprint stable staff stage standup start state statement
    status step steps story strategy strawman stream subject success suggested suggestion suggestions summary
    sunday support sure syntax system tag tags takeaway takeaways tangent target task tasks tba tbd team
    team-members teams technical teilnehmer tema template term terminology test testing tests text thank
    thanks that the thema theme then theory there therefore these they thing things third this thought
    thoughts thread threads thursday thus ticket time timeline times timing tip tips title tl;dr tldr to today
    todo todos together tomorrow tool tools top topic topics total tracking tradeoff tradeoffs transcript
    triage trial tuesday type types unclear undecided unknown unresolved until up update updated updates
    upgrade upside upstream urgent url us usage use user users using value values various version versions via
    video view virtual vision vote votes voting waiting warn warning we website wednesday week welcome wg what
    when whenever where whereas whether which while who why wip wish with within without wonder work
    workaround worked working workshop worry worst would wow yeah year yep yes yesterday yet you your yup zeit
    ziel zoom zulip
    """.split()
)
"""In lower case. A name that is such a word, too ("Will"), counts where the text writes it as a name."""
